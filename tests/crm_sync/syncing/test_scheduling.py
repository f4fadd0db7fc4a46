"""When syncs begin by themselves: by the clock, by a change on either side, for an erasure."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_sync import services, sweeping
from crm_sync.models import Connection, Deletion, OutboxItem, Sync
from tests.crm_sync.connections import connection

pytestmark = pytest.mark.django_db(transaction=True)
READY = Connection.State.READY


def at_hubspot(**more):
    more.setdefault("objects_on", ["contact"])
    return connection("hubspot", "private_app", state=READY, **more)


def causes():
    return list(Sync.objects.values_list("cause", "state"))


def later(row, **moments):
    Connection.objects.filter(pk=row.pk).update(**moments)


def test_by_the_clock_once_each_time():
    row = at_hubspot(every_minutes=30)

    assert [services.schedule() for _ in range(3)] == [1, 0, 0]
    assert causes() == [("schedule", "waiting")]

    row.refresh_from_db()
    assert timedelta(minutes=29) < row.next_at - timezone.now() <= timedelta(minutes=30)
    Sync.objects.update(state="done")
    later(row, next_at=timezone.now() - timedelta(seconds=1))
    assert services.schedule() == 1


@pytest.mark.parametrize("more", [{"is_enabled": False}, {"state": Connection.State.NEEDS_LOGIN}])
def test_not_where_it_can_not(more):
    later(at_hubspot(every_minutes=1, on_change=True), **more)

    assert services.schedule() == 0


def test_what_changed_here_is_sent_soon(house):
    at = house("hubspot", on_change=True, objects_on=["contact"])
    assert services.schedule() == 0

    at.contacts(1)
    sweeping.sweep()

    assert OutboxItem.objects.count() == 1
    assert causes() == [("change", "waiting")]


def test_what_the_crm_tells_of_is_read_soon():
    row = at_hubspot(on_change=True, direction=Connection.Direction.BOTH)
    at_hubspot(label="Only sends", on_change=True)

    assert services.changed_there("hubspot") == 1
    assert services.schedule() == 0  # more may follow
    later(row, told_at=timezone.now() - services.SOON)

    assert services.schedule() == 1
    assert causes() == [("change", "waiting")]


def test_an_erasure_waits_for_no_schedule():
    row = at_hubspot()
    Deletion.objects.create(connection=row, object="contact", remote_id="7", reason="deleted")
    assert services.schedule() == 0

    Deletion.objects.create(connection=row, object="contact", remote_id="8", reason="erased")

    assert services.schedule() == 1
