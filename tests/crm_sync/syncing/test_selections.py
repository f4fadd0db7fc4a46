"""Connections that sync a selection: who comes into it goes, whoever is outside stays here."""

from __future__ import annotations

from collections import Counter

import pytest
from django.utils import timezone

from contacts.models import Company, Contact, Tag
from crm_sync.connector import COMPANY, CONTACT
from crm_sync.models import OutboxItem


@pytest.fixture
def tag(transactional_db):
    return Tag.objects.create(name="customers")


@pytest.fixture
def at(house, tag):
    return house("hubspot", selection={"tag": tag.pk})


def sync(at):
    """What one sync wrote there."""
    before = at.writes()
    done = at.finish(at.sync())
    assert (done.state, OutboxItem.objects.count()) == ("done", 0)
    return dict(Counter(at.writes()) - Counter(before))


def test_who_comes_into_it_goes_with_the_next_sync(at, tag):
    one, two, other = at.contacts(3)
    tag.contacts.add(one, two)
    assert sync(at) == {"created": 2}

    tag.contacts.add(other)

    assert sync(at) == {"created": 1}
    assert at.link(other.pk).remote_id in at.there()
    assert sync(at) == {}


def test_what_changed_outside_goes_to_who_comes_back(at, tag):
    one, two = at.contacts(2)
    firm = at.company()
    Contact.objects.update(company=firm)
    tag.contacts.add(one, two)
    assert sync(at) == {"created": 3, "related": 2}

    tag.contacts.clear()
    at.edit(one.pk, position="Changed outside")
    Company.objects.update(city="Changed outside")
    assert sync(at) == {}
    tag.contacts.add(one, two)

    assert sync(at) == {"updated": 2}
    assert at.there()[at.link(one.pk).remote_id]["jobtitle"] == "Changed outside"
    (company,) = at.there(COMPANY).values()
    assert company["city"] == "Changed outside"
    assert sync(at) == {}


def test_a_company_changes_while_none_of_its_contacts_is_completed(house):
    at = house("hubspot")
    (one,) = at.contacts(1)
    firm = at.company()
    at.edit(one.pk, company=firm)
    sync(at)

    at.edit(one.pk, status="pending", reprocessed_at=timezone.now())
    Company.objects.update(city="Changed meanwhile")
    assert sync(at) == {}
    at.edit(one.pk, status="processing")
    at.edit(one.pk, status="completed")

    assert sync(at) == {"updated": 1}
    (company,) = at.there(COMPANY).values()
    assert company["city"] == "Changed meanwhile"


def test_who_was_refused_or_left_alone_is_no_newcomer(at, tag):
    refused, left = at.contacts(2)
    tag.contacts.add(refused, left)
    sync(at)
    at.row.links.filter(contact=left).update(state="detached", sent_hash="")
    link = at.link(refused.pk)
    link.delete()
    OutboxItem.objects.create(
        connection=at.row, object=CONTACT, subject_id=refused.pk, state="rejected",
        mapping_version=link.mapping_version,
    )  # fmt: skip

    done = at.finish(at.sync())

    assert (done.state, done.total, at.owed()) == ("done", 0, {"rejected": 1})
