"""What is given up in the end, what is done before, and how it is taken up again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import sleep

import pytest
from celery import current_app
from django import db
from django.utils import timezone

from contacts import leases
from contacts.models import Contact, Worker
from crm_sync import runtime, services, sweeping
from crm_sync.connector import CONTACT, Write
from crm_sync.models import Link, OutboxItem, Sync
from crm_sync.pushing import items
from crm_sync.pushing.collecting import collect
from crm_sync.pushing.deciding import Decision
from crm_sync.pushing.preparing import Ready
from crm_sync.pushing.settling import settle_none
from crm_sync.tasks import sync as task
from integrations.errors import (
    CircuitOpen,
    ContractBroken,
    OutcomeUnknown,
    RateReached,
    ServerFailed,
    Throttled,
)
from tests.crm_sync.connections import connection


def lose(worker_id):
    """Declare a worker lost, and give back what it held."""
    Worker.objects.filter(pk=worker_id).update(gone_at=timezone.now(), is_lost=True)
    sweeping.sweep()


def test_ar_06_ar_48_ar_51_a_record_is_tried_given_up_with_its_reason_and_replayed(house):
    at = house("salesforce")
    (one,) = at.contacts(1)
    at.control(locks=items.MOST_TRIES)

    done = at.finish(at.sync())
    item = OutboxItem.objects.get()
    assert (done.state, at.owed(), len(at.there())) == ("done", {"dead": 1}, 0)
    assert (item.tries, item.code) == (items.MOST_TRIES, "UNABLE_TO_LOCK_ROW")
    assert item.words == "unable to obtain exclusive access to this record"
    assert done.counts[CONTACT] == {"again": items.MOST_TRIES, "unchanged": 0}
    at.finish(at.sync())
    assert at.owed() == {"dead": 1}  # nobody takes it up by itself

    assert services.retry([item.pk]) == 1
    again = at.finish(at.sync())

    assert again.counts[CONTACT]["created"] == 1
    assert (at.owed(), list(at.there())) == ({}, [at.link(one.pk).remote_id])


@pytest.mark.parametrize(
    ("why", "tries"),
    [(CircuitOpen(), 0), (RateReached(), 0), (Throttled(retry_after_s=5), 0), (ServerFailed(), 1),
     (OutcomeUnknown(), 1), (ContractBroken(), 1)],
)  # fmt: skip
def test_ar_06_ar_48_what_we_refuse_ourselves_and_what_has_to_wait_is_no_try(
    transactional_db, why, tries
):
    of = connection("hubspot", "private_app")
    OutboxItem.objects.create(connection=of, object=CONTACT, subject_id=1)

    for _ in range(2):
        worker = leases.register()
        OutboxItem.objects.update(due_at=of.created_at)
        (item,) = items.claim(worker, of.pk, CONTACT, 1)
        settle_none([Ready(item, Link(), Write("", {}), Decision("create"))], why, worker)

    left = OutboxItem.objects.get()
    assert (left.state, left.tries, left.worker_id) == ("waiting", 2 * tries, None)
    assert left.due_at > timezone.now()


def test_ar_10_a_sync_and_a_record_that_take_workers_with_them_are_given_up(transactional_db):
    of = connection("hubspot", "private_app", state="ready", objects_on=[CONTACT])
    sync = Sync.objects.create(connection=of)
    OutboxItem.objects.create(connection=of, object=CONTACT, subject_id=1)

    for lost in range(1, 7):
        worker = leases.register()
        assert len(runtime.QUEUE.claim(worker, 1)) == (lost <= 3)
        claimed = items.claim(worker, of.pk, CONTACT, 9)
        assert len(claimed or items.claim_suspects(worker, of.pk, CONTACT, 9)) == 1
        lose(worker)
        sync.refresh_from_db()
        assert (sync.losses, OutboxItem.objects.get().losses) == (min(lost, 3), lost)

    assert (sync.state, sync.reason) == ("dead", sweeping.GIVEN_UP)
    assert sync.finished_at is not None
    assert OutboxItem.objects.get().state == "dead"
    assert runtime.QUEUE.claim(leases.register(), 1) == []
    assert services.retry([OutboxItem.objects.get().pk]) == 1


def test_ar_10_what_takes_workers_with_it_is_claimed_among_fewer_and_fewer(transactional_db):
    of = connection("hubspot", "private_app")
    for n, losses in enumerate((4, 3, *[2] * 11, *[1] * 31, 0, 0)):
        OutboxItem.objects.create(connection=of, object=CONTACT, subject_id=n, losses=losses)
    worker = leases.register()

    surely = [items.claim(worker, of.pk, CONTACT, 300) for _ in range(2)]
    perhaps = [items.claim_suspects(worker, of.pk, CONTACT, 300) for _ in range(7)]

    found = [sorted(one.subject_id for one in some) for some in (*surely, *perhaps)]
    assert found[:2] == [[44, 45], []]
    assert found[2:4] == [list(range(13, 43)), [43]]
    assert found[4:] == [list(range(2, 12)), [12], [0], [1], []]


def test_ar_10_suspects_go_with_nothing_else_in_hand(house, relay):
    at = house("hubspot")
    at.contacts(130)
    collect()
    first_of_the_rest = sorted(OutboxItem.objects.values_list("subject_id", flat=True))[30]
    OutboxItem.objects.filter(subject_id__lt=first_of_the_rest).update(losses=1)
    started = services.start(at.row)

    seen = in_hand(at, relay)

    assert {losses for losses, _ in seen} == {(0,), (1,)}  # never both
    assert max(many for losses, many in seen if losses == (1,)) == items.FEW
    assert at.finish(started).state == "done"
    assert (len(at.there()), at.owed(), at.writes()["created"]) == (130, {}, 130)


def in_hand(at, relay):
    """The losses of what was in hand together, and how many it was, at each call of a worker."""
    seen = set()

    def look(_):
        held = list(OutboxItem.objects.filter(state="claimed").values_list("losses", flat=True))
        if held:
            seen.add((tuple(sorted(set(held))), len(held)))

    relay.asked = look
    at.runtime.work(60, should_stop=lambda: False)
    return seen


def work(at, should_stop):
    try:
        at.runtime.work(60, should_stop=should_stop)
    finally:
        db.connection.close()


def test_ar_10_what_ended_with_its_worker_was_no_try(transactional_db):
    of = connection("hubspot", "private_app")
    OutboxItem.objects.create(connection=of, object=CONTACT, subject_id=1)
    worker = leases.register()
    items.claim(worker, of.pk, CONTACT, 1)

    lose(worker)

    left = OutboxItem.objects.get()
    assert (left.state, left.tries, left.losses) == ("waiting", 0, 1)
    assert items.waiting(of.pk)[0] == 1  # the sync that it is of does not end without it


def test_ar_10_a_sync_that_gets_on_is_not_given_up_for_its_workers(house):
    at = house("hubspot")
    at.contacts(2)
    started = services.start(at.row)
    Sync.objects.update(losses=2)

    at.finish(started)

    started.refresh_from_db()
    assert (started.state, started.losses) == ("done", 0)


@pytest.mark.parametrize("state", ["dead", "rejected"])
def test_ar_06_what_was_given_up_is_tried_anew_once_it_changes(db, state):
    of = connection("hubspot", "private_app", objects_on=[CONTACT])
    one = Contact.objects.create(phone_raw="x", phone_e164="+14155550100")
    collect()
    OutboxItem.objects.update(state=state, tries=items.MOST_TRIES, losses=3)

    Contact.objects.filter(pk=one.pk).update(position="Changed")
    collect()

    item = OutboxItem.objects.get(connection=of)
    assert (item.subject_id, item.state, item.tries, item.losses) == (one.pk, "waiting", 0, 0)


def test_ar_01_ar_08_a_worker_lost_between_the_remote_create_and_the_commit(house, relay):
    at = house("hubspot")
    (one,) = at.contacts(1)
    started, is_lost = services.start(at.row), Event()
    relay.answered = lambda path: path.endswith("/batch/upsert") and is_lost.wait(60)

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work, at, is_lost.is_set)
        while not at.told()["records"]["contact"] and not working.done():
            sleep(0.02)
        link = at.link(one.pk)  # made there, and nobody has heard of it yet
        assert (link.state, link.remote_id, link.synced_at) == ("new", "", None)
        assert link.intended_at is not None
        assert at.owed() == {"claimed": 1}
        lose(OutboxItem.objects.get().worker_id)
        is_lost.set()
        working.result()
    assert at.owed() == {"waiting": 1}  # the sweep has repaired what was stuck
    assert at.link(one.pk).synced_at is None

    started.refresh_from_db()
    done = at.finish(started)

    link = at.link(one.pk)
    assert done.state == "done"
    assert (link.state, [link.remote_id]) == ("linked", list(at.there()))
    assert link.synced_at is not None
    assert at.writes()["created"] == 1


@pytest.fixture
def rung():
    """The names of tasks that were rung for, kept in a broker in memory."""
    with current_app.connection_for_write() as broker:
        queue = broker.SimpleQueue(current_app.conf.task_default_queue)
        queue.clear()

        def names():
            found = []
            while queue.qsize():
                message = queue.get(block=False)
                message.ack()
                found.append(message.headers["task"])
            return found

        yield names
        queue.clear()


def test_ar_07_the_sweep_rings_what_is_due_and_nothing_else(transactional_db, rung):
    of = connection("hubspot", "private_app", state="ready", objects_on=[CONTACT])
    sweeping.sweep()
    quiet = rung()
    sync = Sync.objects.create(connection=of)
    sweeping.sweep()
    due = rung()
    Sync.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    sweeping.sweep()
    resting = rung()
    Sync.objects.filter(pk=sync.pk).update(state="done")
    Sync.objects.filter(pk=sync.pk).update(finished_at=timezone.now())
    sweeping.sweep()

    assert (quiet, due, resting, rung()) == ([], [task.name], [], [])


def test_ar_51_a_workers_task_pushes_and_pulls(house):
    at = house("hubspot", direction="both")
    (one,) = at.contacts(1)
    try:
        services.start(at.row)
        task()
        remote_id = at.link(one.pk).remote_id
        at.control(edit=[CONTACT, remote_id, {"jobtitle": "Changed there"}])
        services.start(at.row)
        task()
    finally:
        runtime.close_runtime()

    one.refresh_from_db()
    assert one.position == "Changed there"
    assert list(Sync.objects.values_list("state", flat=True)) == ["done", "done"]
    assert list(at.there()) == [remote_id]
