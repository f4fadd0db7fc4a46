"""What alerts watch, measured: each kind with a value that passes its threshold."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from contacts.models import Contact, Erasure, Worker
from crm_sync.models import Connection, Deletion
from dashboards.alerting import failing
from dashboards.alerting.measuring import measure
from dashboards.models import AlertRound
from enrichment.models import Discovery, DiscoveryPlace, RunItem
from integrations.fleet import board
from integrations.models import Account, Budget, LookupDay
from tests.dashboards.alerting.conftest import minutes_ago
from tests.dashboards.rows import uuid
from webhooks.models import Delivery, Subscription

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_moment():
    """All that a test does is of one moment, however long it takes."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


def read(kind):
    """The readings of a kind as {subject: (value, words)}."""
    kinds, readings = measure()
    assert kind in kinds
    return {one.subject: (one.value, one.words) for one in readings if one.kind == kind}


def item(run, number=0, **fields):
    contact = Contact.objects.create(phone_raw="x", phone_e164=f"+1415555010{number}")
    return RunItem.objects.create(run=run, contact=contact, **fields)


def nothing_moves(seconds):
    """Let the last look have been so much earlier."""
    kept = AlertRound.objects.get()
    kept.moves = {key: [left, since - seconds] for key, (left, since) in kept.moves.items()}
    kept.save()


def test_a_queue_of_which_nothing_was_done_and_the_lack_of_workers(run):
    item(run(1), due_at=minutes_ago(95))
    measure()
    nothing_moves(20 * 60)

    ((value, words),) = read("queue_age").values()
    ((lonely, why),) = read("no_worker").values()

    assert value == lonely == 20 * 60
    said = "Autumn has due work, and nothing of it was done for 20 min"
    assert (words, why) == (f"{said}.", f"{said}: no worker is alive.")


def test_a_long_queue_that_moves_does_not_stand_still(run):
    at_work = run(1_000_000)
    item(at_work, due_at=minutes_ago(600))
    measure()
    nothing_moves(20 * 60)

    at_work.done_count = 1
    at_work.save()

    assert read("queue_age")[""][0] == 0


def test_what_may_not_be_asked_yet_does_not_stand_still(run):
    item(run(1, not_before=timezone.now() + timedelta(hours=1)), due_at=minutes_ago(95))
    measure()
    nothing_moves(20 * 60)

    assert read("queue_age")[""][0] == 0


def test_work_that_falls_due_after_an_idle_time_has_not_stood_still(run):
    item(run(1), due_at=minutes_ago(1))
    measure()
    nothing_moves(20 * 60)

    assert read("queue_age")[""][0] == 60


def test_work_in_hand_of_a_living_worker_is_no_lack(run):
    item(run(1), due_at=minutes_ago(95))
    Worker.objects.create(id=uuid(1), name="w")

    assert read("no_worker") == {}


def test_what_is_paused_does_not_wait(run):
    item(run(1, state="paused"), due_at=minutes_ago(95))

    assert read("queue_age") == {} and read("queue_depth")[""][0] == 0


def test_a_circuit_that_is_open_or_tries(settings):
    board().open_by_hand("twilio:sandbox", "they asked us to stop", "bo")

    ((value, words),) = read("circuit_open").values()

    assert value == 1
    assert words.endswith("(sandbox) is open: they asked us to stop.")


def test_the_scheduler_that_rang_nobody_for_a_while():
    every = IntervalSchedule.objects.create(every=10, period="seconds")
    assert read("beat_silent") == {}

    PeriodicTask.objects.create(name="a", task="a", interval=every, last_run_at=minutes_ago(9))
    PeriodicTask.objects.create(name="b", task="b", interval=every, last_run_at=minutes_ago(4))

    ((value, words),) = read("beat_silent").values()
    assert value == 240 and words == "It rang nobody for 4 min."


def asked(account, day, asked, errors):
    LookupDay.objects.update_or_create(
        account_id=account.pk, lookup="twilio.line_type", day=day, is_sandbox=True,
        defaults={"asked": asked, "errors": errors},
    )  # fmt: skip


def look_back(seconds):
    kept = AlertRound.objects.get()
    kept.samples = [[at - seconds, counts] for at, counts in kept.samples]
    kept.save()


def test_the_failure_rate_is_that_of_the_last_minutes():
    account = Account.objects.create(provider="twilio")
    today = timezone.now().date()
    asked(account, today, 10_000, 10)
    assert read("failure_rate") == {}

    asked(account, today, 10_040, 40)
    ((value, words),) = read("failure_rate").values()
    assert (value, words) == (75.0, "30 of the last 40 lookups at Twilio Lookup failed.")

    look_back(failing.WINDOW_S + 1)
    assert read("failure_rate") == {}


def test_a_few_failures_and_a_day_that_ends_say_nothing():
    account = Account.objects.create(provider="twilio")
    today = timezone.now().date()
    asked(account, today - timedelta(days=1), 500, 400)
    assert read("failure_rate") == {}

    asked(account, today, 19, 19)
    assert read("failure_rate") == {}

    LookupDay.objects.filter(day__lt=today).delete()
    assert read("failure_rate") == {}


def test_budgets_of_days_months_and_runs(run):
    account = Account.objects.create(
        provider="twilio", daily_cap_usd=Decimal(10), monthly_cap_usd=Decimal(0)
    )
    today = f"{timezone.now():%Y-%m-%d}"
    Budget.objects.create(key=f"account:{account.pk}:{today}", spent_usd=7, reserved_usd=1)
    held = run(1, cap_usd=Decimal(4), spent_usd=Decimal(4))
    run(1, cap_usd=Decimal(4), spent_usd=Decimal(4), state="cancelled")
    run(1, spent_usd=Decimal(4))

    near = read("budget_near")

    assert {subject: value for subject, (value, _) in near.items()} == {
        f"account:{account.pk}:{today}@10": 80.0, f"run:{held.pk}@4": 100.0,
    }  # fmt: skip
    day = f"{timezone.now().day} {timezone.now():%B %Y}"
    words = f"Twilio Lookup, {day}: $8.00 of $10.00 are spent or promised (80 %)."
    assert near[f"account:{account.pk}:{today}@10"][1] == words
    assert read("budget_used").keys() == near.keys()


def test_dead_letters_that_can_still_be_replayed(run):
    item(run(), 1, state="dead")
    item(run(state="done"), 2, state="dead")
    item(run(state="cancelled"), 3, state="dead")

    assert read("dead_letters")[""] == (2, "2 contacts were given up after three tries.")


def test_ar_06_dead_letters_of_every_queue(run):
    found = Discovery.objects.create(state="done")
    item(run(), state="dead")
    DiscoveryPlace.objects.create(discovery=found, near="94103", state="dead")
    DiscoveryPlace.objects.create(discovery=found, near="94104", state="dead")
    Delivery.objects.create(sender="twilio", event="1", kind="amd", payload={}, state="dead")

    words = "1 contact, 2 searches and 1 delivery were given up after three tries."
    assert read("dead_letters")[""] == (4, words)


def test_connections_of_postgresql():
    ((value, words),) = read("postgres").values()

    assert 0 < value <= 100 and words.endswith("% of its connections are taken.")


def test_with_redis_away_circuits_are_not_known(redis_away):
    kinds, readings = measure()

    assert "circuit_open" not in kinds
    (trouble,) = [one for one in readings if one.kind == "redis"]
    assert trouble.value == 1 and "Redis does not answer" in trouble.words


def test_a_subscription_that_was_switched_off_for_failing(db):
    Subscription.objects.create(
        name="crm", place="hooks.example.test", events=["run.finished"], is_enabled=False,
        off_since=timezone.now(), off_why="It answered 410: it wants to hear no more.",
    )  # fmt: skip
    Subscription.objects.create(name="by hand", events=["run.finished"], is_enabled=False)

    _, readings = measure()

    (found,) = (one for one in readings if one.kind == "subscription_off")
    assert found.words == (
        "crm (hooks.example.test) is told nothing more. It answered 410: it wants to hear no more."
    )


def test_an_erasure_that_stands_still_and_a_crm_that_keeps_somebody(db):
    lost = {"hint": "a number ending in 01", "state": "failed", "words": "The disk is full."}
    Erasure.objects.create(click=uuid4(), **lost)
    Erasure.objects.create(click=uuid4(), hint="a number ending in 02", state="done")
    of = Connection.objects.create(kind="hubspot", label="Acme", way="code", state="ready")
    gone = {"connection": of, "object": "contact", "reason": "erased"}
    Deletion.objects.create(**gone, remote_id="7", state="failed", words="it is in an invoice")
    old = Deletion.objects.create(**gone, remote_id="8", state="dead")
    Deletion.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    Deletion.objects.create(**gone, remote_id="9", state="done")
    Deletion.objects.create(**{**gone, "reason": "deleted"}, remote_id="10", state="failed")

    kinds, readings = measure()

    assert "erasure_stopped" in kinds
    assert [one.words for one in readings if one.kind == "erasure_stopped"] == [
        f"Erasure {Erasure.objects.get(state='failed').pk} (a number ending in 01) was given up:"
        " The disk is full.",
        "Acme keeps contact 7: it is in an invoice.",
    ]


def test_ar_45_xr_47_a_crm_that_needs_somebody_to_sign_in(db):
    def stopped(label, **more):
        Connection.objects.create(
            kind="hubspot", label=label, way="code", **{"state": "needs_login", **more}
        )

    stopped("Acme", state_reason="The consent ended. Sign in again.")
    stopped("Off", is_enabled=False)
    stopped("Fine", state="ready")

    kinds, readings = measure()

    assert "connection_stopped" in kinds
    (found,) = (one for one in readings if one.kind == "connection_stopped")
    assert found.words == "Acme (HubSpot) syncs nothing. The consent ended. Sign in again."
