"""The history of contacts: what is recorded of whose changes, and what costs nothing."""

import pytest
from django.db import connection
from django.db.models import F

from contacts.history import acting_as
from contacts.models import Contact, ContactChange
from contacts.services import edit_contact, reprocess

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    contact = Contact.objects.create(phone_raw="x", phone_e164="+14155550100", city="Oslo")
    Contact.objects.update(updated_at="2026-01-01T00:00:00Z")
    contact.refresh_from_db()
    return contact


def told():
    return [(one.by, one.before, one.after, one.sources) for one in ContactChange.objects.all()]


def test_persons_edit_is_told_with_name_and_both_values(held, admin_user):
    with acting_as(admin_user):
        edit_contact(held.pk, {"city": "Bergen", "email": "a@b.test"}, admin_user, 0)

    assert told() == [
        (
            "person:admin",
            {"city": "Oslo", "email": ""},
            {"city": "Bergen", "email": "a@b.test"},
            {"city": "person:admin", "email": "person:admin"},
        )
    ]


def test_bulk_change_is_told_for_every_contact(held, admin_user):
    other = Contact.objects.create(phone_raw="x", phone_e164="+14155550101")

    with acting_as(admin_user):
        Contact.objects.update(country="NO")

    assert {one.contact_id for one in ContactChange.objects.all()} == {held.pk, other.pk}
    assert {one[0] for one in told()} == {"person:admin"}


def test_raw_write_is_told_without_a_name(held):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contacts_contact SET state = 'Viken', phone_is_valid = true")

    after = {"state": "Viken", "phone_is_valid": True}
    assert told() == [("", {"state": "", "phone_is_valid": None}, after, {})]


def machine_writes(contact, **values):
    """Write as the engine does: values with their provenance, and the revision counted up."""
    facts = contact.provenance | {name: {"by": "twilio.line_type"} for name in values}
    Contact.objects.filter(pk=contact.pk).update(
        **values, provenance=facts, revision=F("revision") + 1
    )


def test_blank_filled_by_the_machine_is_not_told(held):
    machine_writes(held, line_type="mobile", phone_is_valid=True)

    assert told() == []


def test_value_replaced_by_the_machine_is_told_with_its_source(held):
    machine_writes(held, city="Bergen", line_type="mobile")

    said = {"city": "twilio.line_type", "line_type": "twilio.line_type"}
    assert told() == [
        ("", {"city": "Oslo", "line_type": ""}, {"city": "Bergen", "line_type": "mobile"}, said)
    ]


def test_way_through_a_run_is_not_told_and_reopening_is(held, admin_user):
    for status in ("processing", "completed"):
        Contact.objects.update(status=status)

    with acting_as(admin_user):
        reprocess(Contact.objects.all(), "again")

    assert told() == [("person:admin", {"status": "completed"}, {"status": "pending"}, {})]


def test_same_values_again_are_not_told(held, admin_user):
    with acting_as(admin_user):
        Contact.objects.update(city="Oslo")

    assert told() == []


def test_nobody_acts_after_the_block(held, admin_user):
    with acting_as(admin_user):
        pass
    Contact.objects.update(city="Bergen")

    assert told()[0][0] == ""
