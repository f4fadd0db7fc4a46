"""Bulk actions at work: each kind, history, refusals, undo, many contacts, workers that die."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection

from contacts import leases
from contacts.bulk import service, work
from contacts.bulk.service import NotPossible, Wish
from contacts.models import BulkAction, BulkChunk, Contact, ContactChange, ContactTag, Note, Tag
from contacts.services import reprocess

pytestmark = pytest.mark.django_db


def make(number: int = 100, status: str = "pending", **values: object) -> Contact:
    """Make a contact and lead it to its status."""
    phone = f"+1415{5550000 + number}"
    contact = Contact.objects.create(phone_raw=phone, phone_e164=phone, **values)
    if status != "pending":
        Contact.objects.filter(pk=contact.pk).update(status="processing")
    if status in ("completed", "failed"):
        Contact.objects.filter(pk=contact.pk).update(status=status, error="no answer")
    Contact.objects.filter(pk=contact.pk).update(updated_at="2026-01-01T00:00:00Z")
    return contact


def many(count: int) -> None:
    Contact.objects.bulk_create(
        Contact(phone_raw="x", phone_e164=f"+1{4155550000 + n}") for n in range(count)
    )


def do(user, kind: str, selection: dict[str, object] | None = None, **more: str) -> BulkAction:
    wish = Wish(kind, selection or {}, service.newest_id(), uuid4(), **more)
    return service.start(wish, user)


def history() -> list[tuple[str, dict[str, object], dict[str, object]]]:
    return [(one.by, one.before, one.after) for one in ContactChange.objects.order_by("id")]


def counts(action: BulkAction) -> tuple[str, int, int, int]:
    return action.state, action.total_count, action.changed_count, action.refused_count


def test_completed_contacts_are_opened_with_the_persons_name(admin_user):
    done, new = make(100, "completed"), make(101)

    action = do(admin_user, "reprocess", reason="carriers changed")

    assert counts(action) == ("done", 2, 1, 0)
    assert set(Contact.objects.values_list("pk", "status")) == {
        (done.pk, "pending"), (new.pk, "pending"),
    }  # fmt: skip
    assert history() == [("person:admin", {"status": "completed"}, {"status": "pending"})]


def test_failed_contacts_wait_again_without_their_error(admin_user):
    failed, done = make(100, "failed"), make(101, "completed")

    action = do(admin_user, "retry")

    assert counts(action) == ("done", 2, 1, 0)
    assert set(Contact.objects.values_list("pk", "status", "error")) == {
        (failed.pk, "pending", ""), (done.pk, "completed", "no answer"),
    }  # fmt: skip
    assert history() == [("person:admin", {"status": "failed"}, {"status": "pending"})]


def test_tag_stands_in_history_and_is_taken_back_only_where_it_was_put(admin_user):
    had, new = make(100), make(101)
    tag = Tag.objects.create(name="fair")
    had.taggings.create(tag=tag)

    action = do(admin_user, "add_tag", tag_name="Fair")
    assert counts(action) == ("done", 2, 1, 0)
    assert tag.contacts.count() == 2

    assert service.undo(action, admin_user).state == "undone"
    assert list(tag.contacts.all()) == [had]
    assert {one.contact_id for one in ContactChange.objects.all()} == {new.pk}
    assert history() == [
        ("person:admin", {"tag": None}, {"tag": "fair"}),
        ("person:admin", {"tag": "fair"}, {"tag": None}),
    ]


def test_tag_that_was_taken_off_is_put_back(admin_user):
    contact = make()
    make(101)
    do(admin_user, "add_tag", {"ids": [contact.pk]}, tag_name="fair")

    action = do(admin_user, "remove_tag", tag_name="FAIR")
    assert (counts(action), ContactTag.objects.count()) == (("done", 2, 1, 0), 0)

    service.undo(action, admin_user)
    assert list(Tag.objects.get().contacts.all()) == [contact]


def test_history_names_who_undid_what_another_did(admin_user, django_user_model):
    make()
    other = django_user_model.objects.create_user("mia")
    action = do(admin_user, "add_tag", tag_name="fair")

    service.undo(action, other)

    assert [by for by, _, _ in history()] == ["person:admin", "person:mia"]
    assert BulkAction.objects.get().undone_by == other


def test_undo_passes_by_contacts_that_are_gone(admin_user):
    make()
    do(admin_user, "add_tag", tag_name="fair")
    action = do(admin_user, "remove_tag", tag_name="fair")
    Contact.objects.all().delete()

    assert service.undo(action, admin_user).state == "undone"
    assert not ContactTag.objects.exists()


def test_nothing_is_undone_twice(admin_user):
    make()
    action = do(admin_user, "add_tag", tag_name="fair")
    service.undo(action, admin_user)

    with pytest.raises(NotPossible, match="undone already"):
        service.undo(action, admin_user)


def test_tag_that_was_deleted_cannot_come_back(admin_user):
    make()
    action = do(admin_user, "add_tag", tag_name="fair")
    Tag.objects.all().delete()
    action.refresh_from_db()

    with pytest.raises(NotPossible, match="deleted"):
        service.undo(action, admin_user)


def test_contacts_go_with_notes_and_tags_but_not_from_under_a_run(admin_user):
    gone, busy = make(100), make(101, "processing")
    Note.objects.create(contact=gone, text="call back")
    do(admin_user, "add_tag", tag_name="fair")

    action = do(admin_user, "delete")

    assert counts(action) == ("done", 2, 1, 1)
    assert action.refusals == [[busy.pk, "a run is working on it"]]
    assert list(Contact.objects.all()) == [busy]
    assert (Note.objects.count(), ContactTag.objects.count()) == (0, 1)


@pytest.mark.django_db(transaction=True)
def test_contact_that_the_database_keeps_is_told_and_the_others_go(admin_user):
    kept, gone = make(100), make(101)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE keeper (contact_id bigint REFERENCES contacts_contact DEFERRABLE"
            " INITIALLY DEFERRED)"
        )
        cursor.execute("INSERT INTO keeper VALUES (%s)", [kept.pk])
    try:
        action = do(admin_user, "delete")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE keeper")

    assert counts(action) == ("done", 2, 1, 1)
    assert action.refusals == [[kept.pk, "something that must stay refers to it"]]
    assert not Contact.objects.filter(pk=gone.pk).exists()


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


def test_contact_that_has_moved_on_is_passed_by(admin_user):
    contact = make(100, "completed")
    reprocess(Contact.objects.filter(pk=contact.pk), "before")

    assert counts(do(admin_user, "reprocess", reason="again")) == ("done", 1, 0, 0)
