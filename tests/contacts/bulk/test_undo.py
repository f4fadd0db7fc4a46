"""What bulk tagging changed is taken back, once, and only where it was changed."""

from __future__ import annotations

import pytest

from contacts.bulk import service
from contacts.bulk.service import NotPossible
from contacts.models import (
    BulkAction,
    Contact,
    ContactChange,
    ContactTag,
    Suppression,
    Tag,
)
from contacts.suppression import Reason, suppress
from tests.contacts.bulk.conftest import counts, do, history, make

pytestmark = pytest.mark.django_db


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


def test_suppressing_is_taken_back_where_it_did_it_and_nowhere_else(admin_user):
    make(100), make(101), make(102)
    suppress(["+14155550101"], Reason.OWN, note="before")
    action = do(admin_user, "suppress", reason="x")
    suppress(["+14155550102"], Reason.STOP)

    undone = service.undo(action, admin_user)

    assert undone.state == "undone"
    standing = Suppression.objects.filter(lifted_at=None).order_by("phone_e164")
    assert list(standing.values_list("phone_e164", "reason", "note")) == [
        ("+14155550101", "own", "before"),
        ("+14155550102", "stop", ""),
    ]
