"""What each kind of bulk action changes, refuses and writes into the history."""

from __future__ import annotations

import pytest
from django.db import connection

from contacts.models import Contact, ContactTag, Note, Suppression
from contacts.services import reprocess
from contacts.suppression import Reason, suppress
from tests.contacts.bulk.conftest import counts, do, history, make

pytestmark = pytest.mark.django_db


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


def test_contact_that_has_moved_on_is_passed_by(admin_user):
    contact = make(100, "completed")
    reprocess(Contact.objects.filter(pk=contact.pk), "before")

    assert counts(do(admin_user, "reprocess", reason="again")) == ("done", 1, 0, 0)


def test_numbers_are_suppressed_with_the_reason_and_the_rest_had_no_need(admin_user):
    make(100), make(101)
    suppress(["+14155550101"], Reason.OWN)
    suppress(["+14155550100"], Reason.STOP)

    action = do(admin_user, "suppress", reason="asked by post")

    assert counts(action) == ("done", 2, 1, 0)
    ours = Suppression.objects.get(phone_e164="+14155550100", reason="own")
    assert (ours.note, ours.by) == (f"asked by post (bulk action {action.pk})", admin_user)
    assert history() == []


def test_two_contacts_of_one_number_are_both_told(admin_user):
    make(100), make(100, phone_ext="7")

    assert counts(do(admin_user, "suppress", reason="x")) == ("done", 2, 2, 0)
    assert Suppression.objects.count() == 1
