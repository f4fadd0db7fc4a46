"""The page of a run: its estimate, its progress, what holds it up, its results."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact
from enrichment import progress, services
from enrichment.models import Recipe, Run, RunItem, RunLookup
from integrations.models import Account
from tests.enrichment.admin.conftest import EVIL, url, working

pytestmark = pytest.mark.django_db


def test_estimate_says_money_calls_time_and_what_is_known(run, see):
    html = see(run)

    for said in ("<strong>$0.0080</strong> at most", "<strong>1</strong> calls",
                 "<strong>0</strong> answers known already", "Sandbox: nothing is bought",
                 'value="5', "Approve and start"):  # fmt: skip
        assert said in html


def test_cap_proposed_is_the_recipes_else_the_most(recipe, run):
    from enrichment.admin.runs.forms import proposed_cap

    run.cap_usd = None
    most = proposed_cap(run)
    Recipe.objects.update(cap_usd=Decimal(3))

    assert most == Decimal("0.01")
    assert proposed_cap(Run.objects.get()) == Decimal(5)
    assert proposed_cap(Run(state="ready", recipe=Recipe.objects.get())) == Decimal(3)


def test_account_that_cannot_be_asked_is_linked(run, see, settings):
    settings.SANDBOX = False
    services.estimate_again(run)

    html = see(run)

    assert "Account SID, Auth Token not set" in html
    assert (
        reverse(
            "admin:integrations_account_change", args=[Account.objects.get(provider="twilio").pk]
        )
        in html
    )
    assert "Sandbox: nothing is bought. These" not in html


def seen(html):
    """The address that the page fetches again and again."""
    return html.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")


def test_live_part_comes_anew_until_the_state_changes(run, see, admin_client):
    address = seen(see(working(run)))

    live = admin_client.get(address)
    Run.objects.update(state="done")
    over = admin_client.get(address)

    assert "<strong>1</strong> of 4 contacts, 25 %" in " ".join(live.content.decode().split())
    assert 'hx-trigger="every 2s"' in live.content.decode() and "HX-Refresh" not in live
    assert over["HX-Refresh"] == "true"


def test_ended_run_is_looked_at_no_more(run, see):
    working(run)
    Run.objects.update(state="done")

    assert 'hx-trigger="every' not in see(run)


def test_waiting_run_is_left_alone_until_somebody_acts(run, see, admin_client):
    address = seen(see(run))

    before = admin_client.get(address)
    services.approve(run)
    after = admin_client.get(address)

    assert (before.status_code, before.content) == (204, b"")
    assert after["HX-Refresh"] == "true"


@pytest.mark.parametrize("samples", ["", "x", "1-2-3,,-", "9" * 400, "nan-1", "inf-2", "1e999-1"])
def test_broken_samples_count_for_nothing(run, see, samples):
    html = see(working(run), "live", seen="working  5.000000", samples=samples)

    assert "of 4 contacts" in html


def test_pace_is_of_the_last_looks(run):
    working(run, total=1000, done=300, started_at=timezone.now())

    with time_machine.travel(timezone.now(), tick=False):
        looks = progress.look(run, [(timezone.now().timestamp() - 10, 100)])
        pace = progress.pace(run, looks)

    assert pace.per_second == pytest.approx(20, rel=0.05)
    assert pace.left_s == pytest.approx(35, rel=0.05)


def test_lookups_and_spend_are_shown(run, see):
    RunLookup.objects.create(
        run=run, lookup="twilio.line_type", asked=7, hits=3, misses=2, reused=11, errors=2,
        spent_usd=Decimal("0.056"),
    )  # fmt: skip

    html = see(working(run, spent_usd=Decimal("1.25")))

    assert "<strong>$1.25</strong> spent of at most $5.00 (sandbox: no money)" in html
    assert "Line type</th>" in html and ">11</td>" in html and "$0.0560</td>" in html


def failed(run, *errors):
    people = [Contact(phone_raw="x", phone_e164=f"+1212555{n:04}") for n in range(len(errors))]
    Contact.objects.bulk_create(people)
    RunItem.objects.bulk_create(
        RunItem(run=run, contact=one, state="failed", error=error)
        for one, error in zip(people, errors, strict=True)
    )
    working(run, total=len(errors), done=0, failed=len(errors))


def test_errors_are_grouped_with_what_to_do(run, see):
    failed(run, *["NotEntitled: Twilio Lookup: not enabled"] * 3, EVIL)

    html = see(run)

    assert "Twilio Lookup: not enabled</strong>" in html and "3 contacts" in html
    assert "switch the lookup off in the account" in html
    assert (
        ">NotEntitled" not in html and "error=NotEntitled" in html and "<script>alert" not in html
    )


@pytest.mark.parametrize(
    ("blocked_by", "reason", "said"),
    [
        ("provider:twilio", "Twilio Lookup: the secret was refused", "the secret was refused."),
        ("cap:run:1", "x", "Its cap leaves too little for the next call."),
        ("cap:account:{}:2026-11", "x", "The monthly budget of Twilio Lookup is used up."),
        ("cap:account:{}:2026-11-22", "x", "The daily budget of Twilio Lookup is used up."),
        ("mode", "x", "approved in the other mode"),
        ("", "", "It stands still."),
    ],
)
def test_what_blocks_a_run_is_said_and_linked(run, see, blocked_by, reason, said):
    account = Account.objects.get(provider="twilio")
    working(run)
    Run.objects.update(state="blocked", reason=reason, blocked_by=blocked_by.format(account.pk))

    html = see(run)

    assert said in html
    link = reverse("admin:integrations_account_change", args=[account.pk])
    assert (link in html) == ("account" in blocked_by or "provider" in blocked_by)
    assert ('details class="enr-ask" open' in html) == blocked_by.startswith("cap:run")


def test_open_circuit_is_said(run, see):
    soon = timezone.now() + timezone.timedelta(minutes=1)
    working(run, reason="the circuit of Twilio Lookup is open", not_before=soon)

    html = see(run)

    assert "The circuit of Twilio Lookup is open." in html
    assert reverse("dashboards:circuits") in html


def test_results_link_contacts_failures_and_another_try(run, see):
    failed(run, "x")
    Run.objects.update(state="done")

    html = see(run)

    contacts = reverse("admin:contacts_contact_changelist")
    for link in (f"{contacts}?run={run.pk}", f"{contacts}?failed_in={run.pk}", url("again", run)):
        assert link in html
    assert "Try these 1 again" in html and 'hx-trigger="every' not in html


@pytest.mark.parametrize("number", ["9", "99999999999999999999", "x"])
def test_run_that_is_not_there_is_404(recipe, admin_client, number):
    response = admin_client.get(f"/admin/enrichment/run/{number}/change/")

    assert response.status_code == 404


def test_a_cap_left_empty_is_said_to_be_the_estimates_most(admin_client, run):
    seen = admin_client.get(f"/admin/enrichment/run/{run.pk}/change/").content.decode()

    assert "Left empty it stops at what the estimate says is the most." in seen
