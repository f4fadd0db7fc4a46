"""Tallies: live for few contacts, from the background for many, and never wrong."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact
from dashboards import tallies
from dashboards.models import ContactTally
from dashboards.tasks import count_contacts

pytestmark = pytest.mark.django_db


@pytest.fixture
def contacts(db):
    """Six contacts: four mobiles of two carriers, one landline, one not known."""
    lines = [("mobile", "Anvil"), ("mobile", "Anvil"), ("mobile", "Bolt"), ("mobile", "Bolt"),
             ("landline", "Anvil"), ("", "")]  # fmt: skip
    Contact.objects.bulk_create(
        Contact(phone_raw="x", phone_e164=f"+1415555010{n}", line_type=line, carrier_name=carrier)
        for n, (line, carrier) in enumerate(lines)
    )
    Contact.objects.filter(phone_e164="+14155550105").update(status="processing")


def test_few_contacts_are_counted_now(contacts):
    with CaptureQueriesContext(connection) as captured:
        tally = tallies.read()

    assert len(captured) == 2
    assert tally.counted_at is None and tally.is_known and tally.total == 6
    assert tally.of("status") == {"pending": 5, "processing": 1}
    assert tally.of("line_type") == {"mobile": 4, "": 1, "landline": 1}
    assert tally.of("carrier_name") == {"Anvil": 3, "Bolt": 2, "": 1}
    assert (tally.one("dead"), tally.one("held")) == (0, 0)


def test_many_contacts_come_from_the_last_count(contacts, monkeypatch):
    monkeypatch.setattr(tallies, "LIVE_ROWS", 3)
    count_contacts()
    Contact.objects.filter(line_type="landline").delete()

    with CaptureQueriesContext(connection) as captured:
        tally = tallies.read()

    assert len(captured) == 1
    assert tally.counted_at is not None and tally.total == 6
    assert list(tally.of("line_type").items()) == [("mobile", 4), ("", 1), ("landline", 1)]


def test_many_contacts_that_nobody_counted_are_not_called_none(contacts, monkeypatch):
    monkeypatch.setattr(tallies, "LIVE_ROWS", 3)

    tally = tallies.read()

    assert not tally.is_known


def test_nothing_is_counted_again_while_nothing_is_written(contacts):
    assert tallies.refresh()
    ContactTally.objects.update(count=99)

    assert not tallies.refresh()
    assert set(ContactTally.objects.values_list("count", flat=True)) == {99}


def test_rare_values_are_not_kept(db, monkeypatch):
    monkeypatch.setattr(tallies, "KEPT_VALUES", 2)
    Contact.objects.bulk_create(
        Contact(phone_raw="x", phone_e164=f"+1415555010{n}", carrier_name=f"Carrier {n // 2}")
        for n in range(7)
    )

    tallies.refresh()

    kept = ContactTally.objects.filter(dimension="carrier_name").order_by("value")
    assert list(kept.values_list("value", "count")) == [("Carrier 0", 2), ("Carrier 1", 2)]
