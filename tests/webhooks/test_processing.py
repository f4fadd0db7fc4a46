"""Deliveries become what they mean, once, whatever happens to who works them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts import leases
from contacts.models import Worker
from enrichment.models import Answer
from integrations.ids import uuid7
from webhooks import processing
from webhooks.models import Delivery

TICKET = "r-7"
RESULT = {"requestId": TICKET, "networkTypes": [{"networkType": "LTE", "qualified": True}]}


def delivery(event: str = "e1", **values) -> Delivery:
    row = {"sender": "verizon", "event": event, "kind": "result", "payload": RESULT} | values
    return Delivery.objects.create(**row)


@pytest.fixture
def waits(transactional_db):
    """Somebody waits for the ticket."""
    now = timezone.now()
    return Answer.objects.create(
        id=uuid7(), question_key=uuid7(), lookup="verizon.fixed_wireless", request_id=uuid7(),
        outcome="pending", ticket=TICKET, observed_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip


def test_result_reaches_who_waits_for_it(waits):
    delivery()

    has_more = processing.work(60)

    row, answer = Delivery.objects.get(), Answer.objects.get()
    assert (has_more, row.state, row.outcome) == (False, "done", "1 waited for it")
    assert (answer.outcome, answer.facts["is_lte_home_available"]) == ("hit", [True, 0.95])


def test_result_that_comes_again_changes_nothing(waits):
    delivery()
    processing.work(60)
    before = Answer.objects.get().pk
    delivery("e2")
    processing.work(60)

    again = Delivery.objects.get(event="e2")
    assert (again.state, again.outcome) == ("done", "nobody waits for it any more")
    assert Answer.objects.get().pk == before


def test_what_nobody_reads_is_kept(transactional_db):
    delivery(sender="twilio", kind="of tomorrow")

    processing.work(60)

    assert Delivery.objects.get().state == "kept"


def test_ar_06_ar_48_three_tries_then_given_up_and_replayed(waits):
    delivery(payload={"requestId": TICKET, "networkTypes": "none of that"})

    for _ in range(processing.MOST_TRIES):
        processing.work(60)
        Delivery.objects.update(due_at=timezone.now())
    row = Delivery.objects.get()
    Delivery.objects.update(payload=RESULT)
    count = processing.replay(Delivery.objects.all())
    processing.work(60)

    assert (row.state, row.tries, row.outcome) == ("dead", 3, "ContractBroken in our own code")
    assert (count, Delivery.objects.get().state) == (1, "done")


def test_lost_worker_gives_back_what_it_held(waits, settings):
    delivery()
    own = leases.register()
    assert processing._claim(own)
    Worker.objects.filter(pk=own).update(gone_at=timezone.now(), is_lost=True)

    is_due = processing.sweep()
    processing.work(60)

    row = Delivery.objects.get()
    assert (is_due, row.state, row.losses) == (True, "done", 1)


def test_ar_10_three_lost_workers_are_enough(waits):
    delivery(losses=2)
    own = leases.register()
    processing._claim(own)
    Worker.objects.filter(pk=own).update(gone_at=timezone.now(), is_lost=True)

    is_due = processing.sweep()

    row = Delivery.objects.get()
    assert (is_due, row.state, row.outcome) == (False, "dead", processing.GIVEN_UP)
