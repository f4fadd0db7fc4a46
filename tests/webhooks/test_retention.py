"""Retention: what was said goes in time, and what comes again stays one effect."""

from datetime import timedelta

import pytest
from django.utils import timezone

from webhooks import processing, retention
from webhooks.arrival import Event
from webhooks.door.inbox import Letter, write
from webhooks.models import Delivery


@pytest.fixture
def aged(transactional_db):
    def make(days: float, state: str = "done", event: str = "") -> Delivery:
        return Delivery.objects.create(
            sender="twilio", event=event or f"e{days}{state}", kind="sms-status", subject="SM1",
            payload={"To": "+14155550100"}, state=state, outcome="o",
            received_at=timezone.now() - timedelta(days=days),
        )  # fmt: skip

    return make


def states():
    rows = Delivery.objects.order_by("-received_at")
    return [(row.state, row.subject, row.payload) for row in rows]


SAID = ("SM1", {"To": "+14155550100"})


def test_after_the_set_days_deliveries_are_deleted(aged, settings):
    for days, state in ((89, "done"), (91, "done"), (91, "kept"), (400, "dead"), (91, "waiting")):
        aged(days, state)

    count = retention.forget_old(60)

    assert count == 3
    assert states() == [("done", *SAID), ("waiting", *SAID)]


def test_within_thirty_days_the_name_stays(aged, settings):
    settings.DELIVERY_RETENTION_DAYS = 7
    for days in (6, 8, 29, 31):
        aged(days)
    aged(40, "forgotten")

    counts = [retention.forget_old(60) for _ in range(2)]

    assert counts == [4, 0]
    assert states() == [("done", *SAID), ("forgotten", "", {}), ("forgotten", "", {})]


def test_forgotten_event_that_comes_again_does_nothing(aged, settings):
    settings.DELIVERY_RETENTION_DAYS = 1
    aged(2, event="again")
    retention.forget_old(60)

    write([Letter("twilio", [Event("again", "sms-status", {"To": "+14155550100"})])])
    replayed = processing.replay(Delivery.objects.all())

    assert (states(), replayed) == ([("forgotten", "", {})], 0)


def test_it_goes_step_by_step_and_stops_when_told(aged):
    for n in range(5):
        aged(100, event=str(n))
    stops = iter([False, True])

    first = retention.forget_old(60, lambda: next(stops), at_once=2)
    rest = retention.forget_old(60)

    assert (first, rest, Delivery.objects.count()) == (2, 3, 0)
