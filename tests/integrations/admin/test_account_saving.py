"""The sections of an account's page: saved one by one, nothing overwritten unseen."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry

from integrations.models import Account, AccountLookup

pytestmark = pytest.mark.django_db


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
        ("lookups", "price_line_type", "-0.01", "A price is not below 0."),
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
def test_a_broken_memory_of_the_page_is_no_error_and_no_change(
    admin_client, account, at, form, seen
):
    response = admin_client.post(at("save", "budgets"), form("budgets", seen=seen))

    assert (response.status_code, response.headers.get("Location")) == (302, at())
    assert LogEntry.objects.count() == 0


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
