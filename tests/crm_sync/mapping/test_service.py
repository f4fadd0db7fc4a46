"""Versions of mappings: made, saved, brought back, checked; and what was sent with older ones."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection as database

from contacts.models import Contact
from crm_sync.connector import CONTACT, Field, Row
from crm_sync.mapping import service
from crm_sync.mapping.check import of_rows
from crm_sync.mapping.payload import payload
from crm_sync.models import Connection, Link, Mapping, OutboxItem
from crm_sync.registry import CONNECTORS
from tests.crm_sync.mapping.acme import CONTACT_FIELDS, ROWS

pytestmark = pytest.mark.django_db

EMAIL_ROW = Row("last_name", "Family"), Row("email", "Mail")


def test_first_look_makes_the_defaults_without_storing_them(connection):
    found = service.find(connection, CONTACT)

    assert (found.version, found.key_field) == (0, "OurKey")
    assert Mapping.objects.count() == 0


def test_current_one_is_made_once_of_the_defaults(connection):
    made, again = (service.current(connection, CONTACT) for _ in range(2))

    assert made == again
    assert (made.version, Mapping.objects.count()) == (1, 1)
    able = [row for row in service.rows_of(made) if row.direction == "both"]
    assert [row.ours for row in able] == [
        "first_name", "name.last", "email", "phone_e164", "position", "country"
    ]  # fmt: skip
    assert len(service.rows_of(made)) == len(ROWS)


def test_crm_that_is_not_known_here_has_an_empty_mapping(db):
    there = Connection.objects.create(kind="gone", label="Gone")

    assert service.rows_of(service.find(there, CONTACT)) == ()
    assert service.objects(there) == ()


def test_saving_makes_a_version_and_keeps_the_older(connection, described):
    user = User.objects.create_user("ann")

    saved = service.save(connection, CONTACT, EMAIL_ROW, user, seen=1)

    assert (saved.version, saved.is_current, saved.created_by) == (2, True, user)
    assert service.rows_of(saved) == EMAIL_ROW
    assert saved.described == described.described
    assert [(one.version, one.is_current) for one in service.versions(connection, CONTACT)] == [
        (2, True), (1, False),
    ]  # fmt: skip


def test_saving_what_is_there_already_makes_no_version(connection, described):
    rows = service.rows_of(described)

    assert service.save(connection, CONTACT, rows).version == 1
    assert Mapping.objects.count() == 1


def test_ar_69_what_is_saved_goes_with_the_next_push(connection, described):
    service.save(connection, CONTACT, [*EMAIL_ROW, Row('"x"', "Note", "push")])

    rows = service.rows_of(service.current(connection, CONTACT))
    sent = payload(rows, service.fields_of(described), {"last_name": "Lovelace"})

    assert sent.values == {"Family": "Lovelace", "Mail": None, "Note": "x"}


def test_ar_34_unknown_field_of_the_crm_is_refused_on_saving(connection, described):
    with pytest.raises(service.MappingRefused) as refused:
        service.save(connection, CONTACT, [Row("email", "Mial")])

    assert str(refused.value) == "The CRM has no field Mial."
    assert Mapping.objects.count() == 1


def test_ar_35_lacking_required_field_is_saved_and_told(connection, described):
    saved = service.save(connection, CONTACT, [Row("email", "Mail")])

    assert saved.problems == [
        {
            "words": "Family name is required in the CRM, and no row sends it a value.",
            "field": "Family", "object": CONTACT,
        }
    ]  # fmt: skip


def test_who_edited_an_older_version_is_told(connection, described):
    service.save(connection, CONTACT, EMAIL_ROW)

    with pytest.raises(service.Overtaken) as told:
        service.save(connection, CONTACT, ROWS, seen=1)

    assert told.value.current.version == 2
    assert Mapping.objects.count() == 2


def test_ar_69_older_version_is_brought_back_as_a_new_one(connection, described):
    service.save(connection, CONTACT, EMAIL_ROW)

    back = service.restore(Mapping.objects.get(version=1), seen=2)

    assert (back.version, back.rows) == (3, described.rows)


def test_ar_37_field_that_vanished_breaks_the_mapping(connection, described):
    left = [one for one in CONTACT_FIELDS if one.name != "Given"]

    again = service.describe(connection, CONTACT, left)

    assert described.problems == []
    assert [one["words"] for one in again.problems] == ["The CRM has no field Given."]
    assert again.checked_at > described.checked_at
    assert (again.pk, len(again.described)) == (described.pk, len(left))


def test_ar_37_type_and_options_that_changed_break_the_mapping(connection, described):
    changed = [
        Field("Score", "Score", "bool") if one.name == "Score"
        else Field("Kind", "Kind", "option", options={"9": "Other"}) if one.name == "Kind"
        else one
        for one in CONTACT_FIELDS
    ]  # fmt: skip

    again = service.describe(connection, CONTACT, changed)

    assert [one["words"] for one in again.problems] == [
        "Kind has no value 1.", "Kind has no value Landline.",
        "Score takes yes or no, and ours is a number.",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_several_who_save_at_once_one_wins(connection, described):
    def save(n):
        try:
            row = Row(f'"{n}"', "Note", "push")
            service.save(connection, CONTACT, [*EMAIL_ROW, row], seen=1)
        except service.Overtaken:
            return "told"
        finally:
            database.close()
        return "saved"

    with ThreadPoolExecutor(6) as pool:
        found = Counter(pool.map(save, range(6)))

    assert found == {"saved": 1, "told": 5}
    assert list(Mapping.objects.values_list("version", "is_current").order_by("version")) == [
        (1, False), (2, True),
    ]  # fmt: skip


@pytest.mark.parametrize("slug", sorted(CONNECTORS))
def test_defaults_of_every_crm_are_rows_that_can_be(slug):
    for obj in CONNECTORS[slug].objects:
        rows = service.defaults(Connection(kind=slug), obj)
        assert of_rows(rows, {}, obj) == [], obj


def linked(connection, count, version, state="linked", start=0):
    numbers = range(start, start + count)
    people = Contact.objects.bulk_create(
        Contact(phone_raw="x", phone_e164=f"+1415555{n:04}") for n in numbers
    )
    return Link.objects.bulk_create(
        Link(connection=connection, object=CONTACT, contact=one, mapping_version=version,
             remote_id=f"r{one.phone_e164}", state=state)
        for one in people
    )  # fmt: skip


def test_ar_40_what_was_sent_with_older_versions_is_counted_and_sent_again(connection, described):
    linked(connection, 3, 1)
    saved = service.save(connection, CONTACT, EMAIL_ROW)
    linked(connection, 2, 2, start=10)
    linked(connection, 1, 1, "detached", start=20)
    links = Link.objects.filter(mapping_version=1, state="linked")
    first = links.first().contact_id
    OutboxItem.objects.create(
        connection=connection, object=CONTACT, subject_id=first, state="rejected"
    )

    assert service.older(saved) == 3
    assert service.older(saved, most=2) == 2
    assert service.owe_older(saved) == 3

    owed = OutboxItem.objects.order_by("subject_id").values_list("subject_id", "state", "changes")
    assert list(owed) == [
        (one.contact_id, "waiting", 2 if one.contact_id == first else 1)
        for one in links.order_by("contact_id")
    ]
