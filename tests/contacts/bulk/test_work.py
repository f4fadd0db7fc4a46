"""Bulk actions at work: many contacts, and workers that die."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contacts import leases
from contacts.bulk import service, work
from contacts.models import BulkAction, BulkChunk, Contact, ContactChange, ContactTag, Tag
from tests.contacts.bulk.conftest import counts, do, history, make, many

pytestmark = pytest.mark.django_db


def test_contacts_that_stop_matching_meanwhile_are_still_meant(admin_user):
    many(2_500)
    tag = Tag.objects.create(name="fair")
    ContactTag.objects.bulk_create(
        ContactTag(tag=tag, contact=one) for one in Contact.objects.all()
    )

    action = do(admin_user, "remove_tag", {"tag": tag.pk}, tag_name="fair")

    assert counts(action) == ("done", 2_500, 2_500, 0)
    assert not ContactTag.objects.exists()


def test_many_contacts_wait_for_a_worker(admin_user, django_capture_on_commit_callbacks):
    many(10_001)
    Contact.objects.order_by("pk").first().taggings.create(tag=Tag.objects.create(name="fair"))

    with django_capture_on_commit_callbacks() as rings:
        action = do(admin_user, "add_tag", tag_name="fair")
    assert (action.state, action.changed_count, rings) == ("waiting", 0, [work.ring])

    assert work.work_all() == 1
    action.refresh_from_db()
    assert counts(action) == ("done", 10_001, 10_000, 0)
    assert ContactTag.objects.count() == 10_001
    assert work.work_all() == 0


def test_next_worker_goes_on_where_a_lost_one_stopped(admin_user):
    many(2_500)
    action = BulkAction.objects.create(
        kind="add_tag", tag=Tag.objects.create(name="fair"), tag_name="fair", click=uuid4(),
        below_id=service.newest_id(), total_count=2_500, created_by=admin_user,
    )  # fmt: skip
    BulkAction.objects.update(due_at="2026-01-01T00:00:00Z")
    lost = leases.register()
    work.ACTIONS.claim(lost, 1)
    work._list(action.pk, lost)
    work._step(action.pk, lost)

    work._give_back([lost])
    action.refresh_from_db()
    assert (action.state, action.seen_count, action.losses) == ("waiting", 1_000, 1)
    with pytest.raises(work.TakenOver):
        work._step(action.pk, lost)

    done = work.run(action.pk)
    assert counts(done) == ("done", 2_500, 2_500, 0)
    assert BulkChunk.objects.count() == 3
    assert ContactChange.objects.count() == 2_500


def test_three_lost_workers_end_it(admin_user):
    make()
    action = BulkAction.objects.create(
        kind="retry", click=uuid4(), below_id=1, total_count=1, created_by=admin_user
    )
    BulkAction.objects.update(due_at="2026-01-01T00:00:00Z")
    for _ in range(3):
        lost = leases.register()
        assert work.ACTIONS.claim(lost, 1) == [(action.pk,)]
        work._give_back([lost])

    action.refresh_from_db()
    assert (action.state, action.error) == ("failed", work.GIVEN_UP)


def test_selection_that_no_filter_knows_any_more_ends_it(admin_user):
    action = BulkAction.objects.create(
        kind="retry", click=uuid4(), below_id=1, total_count=1, selection={"colour": "red"}
    )
    BulkAction.objects.update(due_at="2026-01-01T00:00:00Z")

    assert work.run(action.pk).state == "failed"


def test_person_who_is_gone_leaves_the_work_to_be_done(admin_user):
    contact = make(100, "completed")
    action = BulkAction.objects.create(
        kind="reprocess", click=uuid4(), below_id=contact.pk + 1, total_count=1, reason="x"
    )
    BulkAction.objects.update(due_at="2026-01-01T00:00:00Z")

    assert work.run(action.pk).changed_count == 1
    assert history() == [("", {"status": "completed"}, {"status": "pending"})]
