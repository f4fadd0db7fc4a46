"""The home page: its figures, where they lead, what it costs, who sees what."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, Import
from dashboards import tallies
from enrichment.models import Recipe, Run
from integrations.models import Account, Budget, LookupDay
from tests.dashboards.people import signed_in
from tests.dashboards.rows import EVIL, calls, people, uuid, work

ALL = (
    "dashboards.view_home", "contacts.view_contact", "contacts.view_import",
    "enrichment.view_run", "enrichment.view_answer", "integrations.view_apicall",
    "integrations.view_account", "dashboards.view_queues", "dashboards.view_circuits",
)  # fmt: skip
HOME = "/admin/"
LIVE = "/admin/home/live/"

pytestmark = pytest.mark.django_db


def figures(client, address=HOME):
    response = client.get(address)
    assert response.status_code == 200
    return response.context["home"]


def run(state, **fields):
    recipe = Recipe.objects.get_or_create(slug="r", name="R")[0]
    return Run.objects.create(recipe=recipe, state=state, name=f"A {state} run", **fields)


def asked(day_back, lookup="twilio.line_type", **sums):
    account = Account.objects.get_or_create(provider="twilio")[0]
    day = timezone.now().date() - timedelta(days=day_back)
    fields = {"is_sandbox": True, **sums}
    return LookupDay.objects.create(account_id=account.pk, lookup=lookup, day=day, **fields)


def test_contacts_by_status_line_type_and_carrier(admin_client):
    Contact.objects.bulk_create(
        Contact(phone_raw="x", phone_e164=f"+1415555010{n}", line_type=line, carrier_name="Anvil")
        for n, line in enumerate(["fixed_voip", "fixed_voip", "mobile"])
    )
    Contact.objects.filter(line_type="mobile").update(status="processing")

    found = figures(admin_client)

    assert [(bar.label, bar.count, bar.percent) for bar in found["statuses"]] == [
        ("Pending", 2, 66.7), ("Processing", 1, 33.3), ("Completed", 0, 0.0), ("Failed", 0, 0.0),
    ]  # fmt: skip
    (_, lines), (_, carriers) = found["tops"]
    assert [(bar.label, bar.count) for bar in lines] == [("Fixed VoIP", 2), ("Mobile", 1)]
    assert [(bar.label, bar.count) for bar in carriers] == [("Anvil", 3)]


def test_figures_lead_to_lists_that_show_as_many(admin_client):
    people(0, 3)
    Contact.objects.filter(full_name__endswith="2").update(
        status="processing", line_type="mobile", carrier_name="Anvil"
    )

    found = figures(admin_client)

    bars = [*found["statuses"], *(bar for _, bars in found["tops"] for bar in bars)]
    shown = {bar.link: len(admin_client.get(bar.link).context["rows"]) for bar in bars}
    assert shown == {bar.link: bar.count for bar in bars}
    assert sorted(shown.values()) == [0, 0, 1, 1, 1, 2]


def test_lookups_of_the_period_and_the_mode(admin_client):
    asked(0, asked=10, hits=6, misses=3, errors=1, spent_usd=Decimal("1.5"))
    asked(6, lookup="twilio.caller_name", asked=5, hits=5, spent_usd=Decimal("0.5"))
    asked(7, asked=100, hits=100)
    asked(0, asked=1000, hits=1000, is_sandbox=False)

    week, month = figures(admin_client), figures(admin_client, f"{HOME}?days=30")

    assert (week["chart"]["total"], month["chart"]["total"]) == (15, 115)
    assert [(len(one["chart"]["rows"])) for one in (week, month)] == [7, 30]
    (twilio,) = [one for one in week["spends"] if one.label.startswith("Twilio")]
    assert (twilio.asked.asked, twilio.hit_percent) == (15, 73)
    assert twilio.asked.spent_usd == Decimal(2)


@pytest.mark.parametrize("days", ["", "x", "-7", "8", "9" * 40, "²"])
def test_a_broken_period_is_the_week(admin_client, days):
    assert figures(admin_client, f"{HOME}?days={days}")["days"] == 7


def test_spend_stands_against_the_budgets_of_the_day_and_the_month(admin_client):
    account = Account.objects.create(provider="twilio", daily_cap_usd=10, monthly_cap_usd=None)
    today = timezone.now().date()
    Budget.objects.create(key=f"account:{account.pk}:{today:%Y-%m-%d}", spent_usd=7, reserved_usd=2)
    Budget.objects.create(key=f"account:{account.pk}:{today:%Y-%m}", spent_usd=40)

    (spend,) = figures(admin_client)["spends"]

    assert [(pot.used_usd, pot.percent) for pot in spend.budgets] == [(9, 90), (40, None)]


def test_what_runs_is_what_is_not_at_its_end(admin_client):
    run("done")
    run("working", total_count=200, done_count=49, failed_count=1)
    run("blocked", reason="the cap is used up")
    Import.objects.create(name="a.csv", path="x", state="working", read_line=10, line_count=40)

    response = admin_client.get(LIVE)

    shown = [(one["work"].name, one["work"].percent) for one in response.context["under_way"]]
    assert shown == [("A blocked run", None), ("A working run", 25), ("a.csv", 25)]


def test_needs_of_a_person_lead_where_they_are_met(admin_client):
    blocked, ready = run("blocked", reason="the cap is used up"), run("ready")
    account = Account.objects.create(provider="twilio", state="rejected", state_reason="401")
    source = Import.objects.create(name="a.csv", path="x", state="done", rejected_count=3)

    needs = admin_client.get(LIVE).context["needs"]

    assert {(need.text, need.why, need.link) for need in needs} == {
        ("A blocked run stands still", "The cap is used up.",
         reverse("admin:enrichment_run_change", args=[blocked.pk])),
        ("A ready run waits for approval", "",
         reverse("admin:enrichment_run_change", args=[ready.pk])),
        ("twilio (Default): secret refused", "401",
         reverse("admin:integrations_account_change", args=[account.pk])),
        ("3 rows of a.csv were rejected", "",
         reverse("admin:contacts_import_rejected", args=[source.pk])),
    }  # fmt: skip


def test_recent_failures_are_the_newest_calls_and_contacts(admin_client):
    people(0, 12)
    Contact.objects.update(status="processing")
    Contact.objects.update(status="failed", error="no answer")
    newest = Contact.objects.order_by("-pk").values_list("phone_e164", flat=True)[:5]
    calls(0, 12)

    found = [one["failure"] for one in figures(admin_client)["failures"]]

    assert {one.what for one in found if one.kind == "contact"} == set(newest)
    assert {one.id for one in found if one.kind == "call"} == {str(uuid(n)) for n in range(7, 12)}
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)


def test_what_others_wrote_does_not_run(admin_client):
    people(0, 2)
    work(0, 2)
    calls(0, 2)
    Run.objects.update(state="blocked", reason=EVIL)

    html = admin_client.get(HOME).content.decode()

    assert "<script>alert" not in html and "&lt;script&gt;alert" in html


@pytest.mark.parametrize("address", [HOME, LIVE])
def test_home_costs_the_same_at_ten_and_a_thousand_rows(address, settings):
    settings.SANDBOX = None
    client = signed_in(*ALL)
    people(0, 10)
    client.get(address)

    few = queries_of(client, address)
    people(10, 1000)
    work(0, 1000)
    calls(0, 1000)
    many = queries_of(client, address)

    # With a run the first steps are done, which saves the question whether they were dismissed.
    assert many <= few <= 12


def test_home_of_many_contacts_is_as_cheap(settings, monkeypatch):
    monkeypatch.setattr(tallies, "LIVE_ROWS", 3)
    client = signed_in(*ALL)
    people(0, 10)
    tallies.refresh()
    client.get(HOME)

    assert queries_of(client, HOME) <= 12
    assert figures(client)["tally"].total == 10


def test_first_steps_go_as_they_are_done(admin_client):
    before = figures(admin_client)["steps"]
    people(0, 1)
    halfway = figures(admin_client)["steps"]
    run("draft")
    after = figures(admin_client)["steps"]

    assert [step.is_done for step in before] == [False, False, False]
    assert [step.is_done for step in halfway] == [True, True, False]
    assert after == []


def test_first_steps_lead_where_this_person_may_go(admin_client):
    may_import = signed_in(*ALL, "contacts.add_import")
    found = [figures(client)["steps"] for client in (admin_client, may_import, signed_in(*ALL))]

    assert [[step.link for step in steps] for steps in found] == [
        [
            "/admin/integrations/account/",
            "/admin/contacts/import/add/",
            "/admin/enrichment/run/add/",
        ],
        ["/admin/integrations/account/", "/admin/contacts/import/add/", "/admin/enrichment/run/"],
        [],
    ]


def test_dismissed_first_steps_stay_away_for_that_person(admin_client):
    assert figures(admin_client)["steps"]

    response = admin_client.post(reverse("dashboards:first_steps"))

    assert (response.status_code, response["Location"]) == (302, HOME)
    assert figures(admin_client)["steps"] == []
    assert len(figures(signed_in(*ALL, "contacts.add_import"))["steps"]) == 3


def test_figures_are_for_those_who_may_see_them(client):
    nobody, somebody = signed_in(), signed_in(*ALL)

    assert "home" not in nobody.get(HOME).context
    assert "Recent failures" not in nobody.get(HOME).content.decode()
    assert [one.get(LIVE).status_code for one in (client, nobody, somebody)] == [403, 403, 200]


def test_a_panel_is_for_those_who_may_see_its_list():
    people(0, 1)
    run("blocked")

    html = signed_in("dashboards.view_home").get(HOME).content.decode()

    for word in ("Lookups per day", "Top carriers", "Providers, last", "A blocked run"):
        assert word not in html


def queries_of(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_failures_of_a_provider_lead_to_their_calls(admin_client):
    asked(0, asked=4, hits=1, misses=0, errors=3)

    html = admin_client.get(HOME).content.decode()

    assert 'href="/admin/integrations/apicall/?provider=twilio&amp;outcome=failed">3</a>' in html
