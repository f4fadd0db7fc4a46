"""How long what was refused waits, and that nobody is kept from working meanwhile."""

from __future__ import annotations

from datetime import timedelta
from statistics import pstdev

import pytest
from django.utils import timezone

from crm_sync import services
from crm_sync.connector import CONTACT
from crm_sync.ending import HOUR_S, LONGEST_PAUSE_S, pause_after
from crm_sync.models import OutboxItem
from crm_sync.pushing import items
from crm_sync.pushing.items import Item
from integrations.errors import QuotaExhausted, ServerFailed, Throttled

MANY = 100


def tried(times):
    return Item(1, CONTACT, 1, 1, times, 0, "", 0, "", "", "")


def pauses(times, asked_s=0.0):
    """The pauses of many who fail together."""
    return [
        items.later(tried(times), "busy", pause_s=asked_s, is_spared=True).pause_s
        for _ in range(MANY)
    ]


@pytest.mark.parametrize("times", range(21))
def test_ar_03_ar_22_pauses_of_records_grow_are_bounded_and_spread(times):
    found = pauses(times)

    assert 0.5 <= min(found) < max(found) <= items.LONGEST_PAUSE_S * 1.2
    assert min(found) >= min(2 ** (times - 1), items.LONGEST_PAUSE_S)
    assert pstdev(found) > 0


def test_ar_22_nobody_comes_back_before_the_crm_said():
    found = pauses(1, asked_s=90.0)

    assert 90 <= min(found) < max(found) <= 90 * 1.2
    assert pstdev(found) > 0


@pytest.mark.parametrize("failures", range(21))
def test_ar_03_ar_22_pauses_of_syncs_are_bounded_and_spread(failures):
    found = [pause_after(ServerFailed(), failures) for _ in range(MANY)]

    assert 15 <= min(found) < max(found) <= LONGEST_PAUSE_S * 1.1
    assert pstdev(found) > 0


def test_ar_22_a_sync_waits_as_long_as_it_is_asked_to():
    assert 90 <= pause_after(Throttled(retry_after_s=90), 1) <= 99
    assert pause_after(Throttled(retry_after_s=0), 20) >= 1
    assert HOUR_S <= pause_after(QuotaExhausted(), 1) <= HOUR_S * 1.1


def spend_the_day(at):
    """Let HubSpot's day end with the next sync's questions, before anything is written."""
    at.finish(at.sync())
    before = sum(at.told()["asked"].values())
    at.finish(at.sync())
    now = sum(at.told()["asked"].values())
    at.control(limits={"daily": now + now - before})


def test_ar_20_ar_06_a_sync_that_is_held_back_waits_in_the_queue_and_its_worker_is_free(house):
    at, other = house("hubspot"), house("pipedrive")
    spend_the_day(at)
    at.contacts(1)
    began = timezone.now()

    held = at.sync()
    asked = at.told()["asked"]
    followed = at.go_on(services.start(other.row))

    assert (held.state, held.category, held.worker_id) == ("waiting", "throttled", None)
    assert held.due_at >= began + timedelta(hours=1)
    assert followed.counts[CONTACT]["created"] == 1
    item = OutboxItem.objects.get(connection=at.row)
    assert (item.state, item.tries) == ("waiting", 0)  # to be asked to wait is no try
    assert item.due_at >= began + timedelta(hours=1)
    assert (at.told()["asked"], at.writes()) == (asked, {})


def test_ar_58_a_long_push_gives_way_after_its_slice(house, sandbox):
    at, other = house("hubspot"), house("salesforce")
    at.contacts(150)
    long, short = services.start(at.row), services.start(other.row, is_dry=True)
    sandbox.set(latency_ms=500)

    at.runtime.work(1.0, should_stop=lambda: False)
    long.refresh_from_db()
    assert (long.state, long.worker_id, long.finished_at) == ("waiting", None, None)
    at.runtime.work(0.5, should_stop=lambda: False)
    short.refresh_from_db()
    assert short.started_at is not None  # whoever has waited longer goes before

    sandbox.set(latency_ms=0)
    at.finish(long)
    assert len(at.there()) == at.writes()["created"] == 150


def test_ar_58_a_slice_is_over_when_its_time_is(house, sandbox):
    at = house("hubspot")
    at.contacts(1)
    services.start(at.row)
    sandbox.set(latency_ms=100)

    assert at.runtime.work(0.05, should_stop=lambda: False)

    assert at.writes() == {}
