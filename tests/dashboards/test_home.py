"""The home page: its figures, and where they lead."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact, Import
from enrichment.models import Discovery, Run
from integrations.models import Account, Budget, LookupDay
from tests.dashboards.homes import HOME, LIVE, figures, run
from tests.dashboards.rows import EVIL, calls, people, uuid, work

pytestmark = pytest.mark.django_db


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
    Discovery.objects.create(name="Plumbers", state="working", place_count=4, done_count=1)
    Discovery.objects.create(name="Bakers", state="ready", place_count=4)

    response = admin_client.get(LIVE)

    shown = [
        (one["work"].name, one["work"].percent, one["unit"])
        for one in response.context["under_way"]
    ]
    assert shown == [
        ("A blocked run", None, "contacts"), ("A working run", 25, "contacts"),
        ("a.csv", 25, "lines"), ("Plumbers", 25, "places"),
    ]  # fmt: skip


def test_needs_of_a_person_lead_where_they_are_met(admin_client):
    blocked, ready = run("blocked", reason="the cap is used up"), run("ready")
    found = Discovery.objects.create(name="Plumbers", place_count=4)
    account = Account.objects.create(provider="twilio", state="rejected", state_reason="401")
    source = Import.objects.create(name="a.csv", path="x", state="done", rejected_count=3)

    needs = admin_client.get(LIVE).context["needs"]

    assert {(need.text, need.why, need.link) for need in needs} == {
        ("A blocked run stands still", "The cap is used up.",
         reverse("admin:enrichment_run_change", args=[blocked.pk])),
        ("A ready run waits for approval", "",
         reverse("admin:enrichment_run_change", args=[ready.pk])),
        ("Plumbers waits for approval", "",
         reverse("admin:enrichment_discovery_change", args=[found.pk])),
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


def test_failures_of_a_provider_lead_to_their_calls(admin_client):
    asked(0, asked=4, hits=1, misses=0, errors=3)

    html = admin_client.get(HOME).content.decode()

    assert 'href="/admin/integrations/apicall/?provider=twilio&amp;outcome=failed">3</a>' in html
