"""What people do to contacts: edit them, and have them done again."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from contacts.models import Contact
from contacts.services import EditConflict, edit_contact, reprocess

EVE = User(username="eve")


@pytest.fixture
def ada(db):
    return Contact.objects.create(
        phone_raw="+14155550100", phone_e164="+14155550100", first_name="Ada", full_name="Ada"
    )


def test_an_edit_is_the_persons_word(ada):
    edited = edit_contact(ada.pk, {"last_name": "Lovelace", "city": ""}, EVE, 0)

    assert (edited.full_name, edited.revision) == ("Ada Lovelace", 1)
    assert set(edited.provenance) == {"last_name", "full_name"}
    assert edited.provenance["last_name"]["by"] == "person:eve"
    assert edited.provenance["last_name"]["sure"] == 1.0


def test_an_edit_of_what_has_moved_is_a_conflict(ada):
    edit_contact(ada.pk, {"city": "Austin"}, EVE, 0)

    with pytest.raises(EditConflict) as conflict:
        edit_contact(ada.pk, {"city": "Boston"}, EVE, 0)

    assert conflict.value.current.city == "Austin"
    assert Contact.objects.get().city == "Austin"


def test_an_edit_that_does_not_fit_changes_nothing(ada):
    with pytest.raises(ValidationError):
        edit_contact(ada.pk, {"email": "nobody"}, EVE, 0)

    assert Contact.objects.get().revision == 0


@pytest.mark.parametrize("field", ["status", "phone_e164", "provenance", "nothing"])
def test_the_machines_fields_are_not_edited(ada, field):
    with pytest.raises(ValueError, match=f"{field} can't be edited"):
        edit_contact(ada.pk, {field: "x"}, EVE, 0)


def test_an_edit_of_nothing_new_writes_nothing(ada):
    edited = edit_contact(ada.pk, {"first_name": "Ada"}, EVE, 0)

    assert (edited.revision, edited.provenance) == (0, {})


def test_reprocess_opens_completed_contacts_only(ada):
    other = Contact.objects.create(phone_raw="+14155550101", phone_e164="+14155550101")
    Contact.objects.filter(pk=ada.pk).update(status="processing")
    Contact.objects.filter(pk=ada.pk).update(status="completed")

    opened = reprocess(Contact.objects.all(), "prices fell")

    ada.refresh_from_db()
    other.refresh_from_db()
    assert (opened, ada.status, other.reprocessed_at) == (1, "pending", None)
    assert ada.reprocessed_at is not None
