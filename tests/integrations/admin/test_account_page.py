"""The cards and the page of an account: sections saved one by one, nothing overwritten unseen."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations import fleet
from integrations.models import Account, AccountLookup, Budget, LookupDay
from integrations.neighbours import neighbours
from integrations.registry import PROVIDERS

CARDS = "/admin/integrations/account/"
ALL = (
    "view_account", "change_account", "change_secret", "test_account", "view_apicall", "view_run",
    "view_circuits",
)  # fmt: skip

pytestmark = pytest.mark.django_db


def test_every_provider_has_a_card_that_says_how_to_go_live(admin_client):
    response = admin_client.get(CARDS)

    cards = response.context["cards"]
    assert {card["standing"].provider for card in cards} == set(PROVIDERS)
    assert {card["standing"].state.name for card in cards} == {"sandbox"}
    html = response.content.decode()
    assert "You are in the sandbox" in html and "remove SWITCHBOARD_SANDBOX=1" in html


def test_going_live_without_the_setting_is_said_to_take_a_secret(admin_client, settings):
    settings.SANDBOX = None

    html = admin_client.get(CARDS).content.decode()

    assert "open an account and set its secrets" in html and "runs buy real answers" in html


def test_pages_cost_the_same_few_queries_for_everybody(person, account, at):
    client = person(*ALL)
    client.get(at())

    counts = []
    for address in (CARDS, at()):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))

    assert max(counts) <= 12, counts


def test_changed_lookups_and_prices_are_kept_and_told(save, admin_client, account):
    save("lookups", on_sim_swap="on", price_sim_swap="0.02", fresh_line_type="7")

    rows = AccountLookup.objects.order_by("name").values_list(
        "name", "is_enabled", "price_usd", "fresh_days"
    )
    assert list(rows) == [
        ("line_type", True, None, 7), ("sim_swap", True, Decimal("0.02"), None),
    ]  # fmt: skip
    assert LogEntry.objects.get().change_message == (
        "Line type: days fresh: 180 (default) → 7. SIM swap: on: off → on."
        " SIM swap: price: $0.0300 (default) → $0.0200"
    )


def test_what_equals_the_default_again_leaves_no_row(save):
    save("lookups", on_sim_swap="on")

    save("lookups", on_sim_swap=None)

    assert AccountLookup.objects.count() == 0


def test_a_save_without_a_change_writes_nothing(save, account):
    before = account.version

    statuses = [
        save(section).status_code for section in ("general", "lookups", "limits", "budgets")
    ]

    assert statuses == [302, 302, 302, 302]
    assert (account.version, LogEntry.objects.count()) == (before, 0)


def test_a_price_says_where_it_is_from(save, admin_client, at):
    save("lookups", price_line_type="0.004")

    sections = {s["form"].name: s["form"] for s in admin_client.get(at()).context["sections"]}
    found = {row.lookup.name: row for row in sections["lookups"].lookups}

    assert found["line_type"].is_own_price
    assert found["validation"].lookup.price.source.startswith("https://www.twilio.com/")
    assert not found["caller_name"].lookup.price.source
    assert not found["caller_name"].is_own_price


def test_limits_are_kept_beside_windows_of_other_lengths(save, account):
    Account.objects.update(limits=[[100, 10]])

    save("limits", per_second="15", max_in_flight="20")

    assert account.limits == [[15, 1.0], [100, 10]]
    assert account.max_in_flight == 20


def test_a_limit_taken_back_is_the_providers_own_again(save, account):
    save("limits", per_second="15")

    save("limits", per_second=None)

    assert account.limits is None


@pytest.mark.parametrize(
    ("section", "field", "typed", "words"),
    [
        ("limits", "per_second", "0", "At least 1"),
        ("limits", "per_day", "many", "Write a whole number"),
        ("limits", "max_in_flight", "9" * 30, "less than or equal to 1000"),
        ("budgets", "daily_cap_usd", "-1", "An amount is not below 0."),
        ("budgets", "monthly_cap_usd", "1e400", "no more than 14 digits"),
        ("budgets", "daily_cap_usd", "NaN", "Write an amount"),
        ("lookups", "price_line_type", "dear", "Write an amount in US dollars"),
        ("general", "label", " ", "Give the account a name."),
        ("options", "batch_size", "0", "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_kept_typed(save, section, field, typed, words):
    response = save(section, **{field: typed})

    sent = next(s["form"] for s in response.context["sections"] if s["form"].name == section)
    assert words in sent.errors[field][0]
    assert sent[field].value() == typed
    assert LogEntry.objects.count() == 0


def test_a_day_may_not_have_more_than_its_month(save, account):
    html = save("budgets", daily_cap_usd="30", monthly_cap_usd="20").content.decode()

    assert "More than the month&#x27;s $20.00" in html
    assert account.daily_cap_usd is None


def test_two_people_change_different_fields_and_both_stand(admin_client, account, at, form):
    sent = form("budgets", daily_cap_usd="5")
    Account.objects.update(monthly_cap_usd=100)

    admin_client.post(at("save", "budgets"), sent)

    account.refresh_from_db()
    assert (account.daily_cap_usd, account.monthly_cap_usd) == (5, 100)


def test_the_same_field_changed_by_two_is_shown_and_not_overwritten(
    admin_client, account, at, form
):
    sent = form("budgets", daily_cap_usd="5")
    Account.objects.update(daily_cap_usd=7)

    response = admin_client.post(at("save", "budgets"), sent)

    html = response.content.decode()
    assert "Somebody changed this meanwhile to $7.00; you typed $5.00." in html
    account.refresh_from_db()
    assert account.daily_cap_usd == 7
    shown = next(s["form"] for s in response.context["sections"] if s["form"].name == "budgets")
    admin_client.post(at("save", "budgets"), {**sent, "seen": shown.seen})
    account.refresh_from_db()
    assert account.daily_cap_usd == 5


@pytest.mark.parametrize(
    "seen", ["", "x", "[" * 100_000, "[]", "null", '{"daily_cap_usd": []}', "9" * 5000]
)
def test_a_broken_memory_of_the_page_is_no_error(admin_client, account, at, form, seen):
    response = admin_client.post(at("save", "budgets"), form("budgets", seen=seen))

    assert response.status_code in (200, 302)


def test_saving_leaves_a_state_that_a_worker_has_just_set(save, account):
    Account.objects.update(state="rejected", state_reason="wrong")

    save("general", label="Main")

    assert (account.label, account.state, account.state_reason) == ("Main", "rejected", "wrong")


def test_only_one_account_of_a_provider_is_asked(save, account):
    Account.objects.create(provider="twilio", label="Other", is_enabled=False)
    Account.objects.filter(pk=account.pk).update(is_enabled=False)
    Account.objects.filter(label="Other").update(is_enabled=True)

    html = save("general", is_enabled="on").content.decode()

    assert "switch that one off first" in html
    assert not account.is_enabled


def test_budgets_and_lookups_of_today_stand_at_the_top(admin_client, account, at):
    from django.utils import timezone

    today = timezone.now().date()
    Account.objects.update(daily_cap_usd=10)
    Budget.objects.create(key=f"account:{account.pk}:{today:%Y-%m-%d}", spent_usd=9, reserved_usd=1)
    LookupDay.objects.create(
        account_id=account.pk, lookup="twilio.line_type", day=today, is_sandbox=True, asked=5,
        hits=1,
    )  # fmt: skip

    standing = admin_client.get(at()).context["standing"]

    (day, month) = standing.pots
    assert (day.asked, day.used_usd, day.percent) == (5, 10, 100)
    assert (month.asked, month.used_usd, month.percent) == (5, 0, None)
    assert [state.name for state in standing.states] == ["over_budget", "sandbox"]
    assert standing.last_success == today


def test_an_open_circuit_leads_to_the_circuits(admin_client, at):
    fleet.open_by_hand("twilio:sandbox", "they asked us to stop", "ada")

    html = admin_client.get(at()).content.decode()

    assert "Opened by ada: they asked us to stop" in html
    assert reverse("dashboards:circuits") in html


def test_asking_again_is_a_persons_word(admin_client, account, at):
    Account.objects.update(state="rejected", state_reason="wrong")

    told = [admin_client.get(at("resume")).status_code for _ in range(1)]
    first = admin_client.post(at("resume"), follow=True).content.decode()
    second = admin_client.post(at("resume"), follow=True).content.decode()

    assert told == [405]
    assert "is asked again" in first and "was not stopped" in second
    assert Account.objects.get().state == "ok"
    assert LogEntry.objects.count() == 1


def test_a_test_answers_with_a_fragment_and_the_new_state(admin_client, at, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:1"

    html = admin_client.post(at("test"), headers={"HX-Request": "true"}).content.decode()

    assert "The provider could not be reached" in html and "<html" not in html
    assert 'id="glance"' in html and 'hx-swap-oob="true"' in html


@pytest.mark.parametrize(
    ("page", "more", "method", "needed"),
    [
        ("change", (), "get", {"view_account", "change_account"}),
        ("test", (), "post", {"test_account"}),
        ("resume", (), "post", {"change_account"}),
        ("forget", (), "post", {"change_secret"}),
        ("save", ("budgets",), "post", {"change_account"}),
        ("save", ("secrets",), "post", {"change_secret"}),
    ],
)
def test_each_permission_opens_just_its_own_pages(
    person, account, at, settings, page, more, method, needed
):
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    asked = ("view_account", "change_account", "change_secret", "test_account", "view_apicall")

    def let_in(*besides):
        clients = {one: person(one, *besides, name=f"{one}{besides}") for one in asked}
        return {
            one for one, client in clients.items()
            if getattr(client, method)(at(page, *more)).status_code != 403
        }  # fmt: skip

    assert let_in("view_account") == (set(asked) if page == "change" else needed)
    assert let_in() == needed & {"view_account", "change_account"}  # who may not see may not act


def test_who_is_not_signed_in_is_led_to_sign_in(client, at):
    page = client.get(at())
    fragment = client.post(at("test"), headers={"HX-Request": "true", "HX-Current-URL": at()})

    assert page["Location"].startswith(reverse("admin:login"))
    assert fragment.status_code == 401
    assert fragment["HX-Redirect"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("pk", ["0", "999", "x", "9" * 40, "²"])
def test_an_account_that_is_not_there_is_a_404(admin_client, pk):
    assert admin_client.get(f"{CARDS}{pk}/change/").status_code == 404


def test_an_unknown_section_is_a_404(admin_client, at):
    assert admin_client.post(at("save", "nothing")).status_code == 404


def test_names_are_escaped(admin_client, account, at):
    Account.objects.update(label="<script>alert(1)</script>", state_reason="<b>", state="rejected")

    for address in (CARDS, at(), at("forget")):
        html = admin_client.get(address).content.decode()
        assert "<script>alert" not in html and "<b>" not in html


def test_neighbours_are_introduced():
    assert neighbours().waiting_runs.__module__ == "dashboards.neighbours"


def test_with_redis_away_the_pages_still_come(admin_client, at, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    statuses = [admin_client.get(address).status_code for address in (CARDS, at())]

    assert statuses == [200, 200]


def test_who_may_only_look_sees_values_and_no_field(person, account, at):
    Account.objects.update(daily_cap_usd=20)

    html = person("view_account").get(at()).content.decode()

    assert "$20.00" in html and "no cap" in html
    assert 'name="seen"' not in html and "data-once" not in html
    assert "Test this connection" not in html
