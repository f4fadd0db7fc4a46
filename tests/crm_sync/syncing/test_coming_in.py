"""People whom only the CRM knows come in, where the connection wants that."""

from __future__ import annotations

import pytest

from contacts.models import Company, Contact
from crm_sync.connector import COMPANY, CONTACT
from crm_sync.models import Connection

BOTH = Connection.Direction.BOTH


@pytest.fixture
def at(house):
    return house("hubspot", direction=BOTH, creates_here=True)


def grace(**values):
    return {
        "firstname": "Grace", "lastname": "Hopper", "email": "grace@example.test",
        "phone": "(201) 555-0142", "jobtitle": "Admiral", **values,
    }  # fmt: skip


def test_a_person_with_a_number_comes_in_once(at):
    at.control(create=[CONTACT, grace()])

    first, second = at.finish(at.sync()), at.finish(at.sync())

    one = Contact.objects.get()
    assert (one.phone_e164, one.full_name, one.email, one.position) == (
        "+12015550142", "Grace Hopper", "grace@example.test", "Admiral",
    )  # fmt: skip
    assert one.provenance["position"]["by"] == f"person:{at.row.label}"
    assert first.counts[CONTACT]["came in"] == 1
    assert second.counts[CONTACT].get("came in", 0) == 0
    assert (len(at.there()), at.writes()) == (1, {})


def test_who_has_no_number_stays_there(at):
    at.control(create=[CONTACT, grace(phone="")])

    done = at.finish(at.sync())

    assert done.counts[CONTACT]["not ours"] == 1
    assert not Contact.objects.exists()


def test_who_is_here_already_is_linked(at):
    (mine,) = at.contacts(1)
    at.edit(mine.pk, phone_e164="+12015550142", full_name="Grace Hopper", email="")
    remote_id = at.control(create=[CONTACT, grace()])["id"]

    at.finish(at.sync())

    assert Contact.objects.get().pk == mine.pk
    assert at.link(mine.pk).remote_id == remote_id
    assert list(at.there()) == [remote_id]


def test_somebody_else_under_the_number_is_another_contact(at):
    (mine,) = at.contacts(1)
    at.edit(mine.pk, phone_e164="+12015550142", full_name="Ada Lovelace")
    at.control(create=[CONTACT, grace()])

    at.finish(at.sync())

    assert sorted(Contact.objects.values_list("full_name", flat=True)) == [
        "Ada Lovelace", "Grace Hopper",
    ]  # fmt: skip
    assert len(at.there()) == 2


def test_a_company_comes_in_by_its_name(at):
    at.control(create=[COMPANY, {"name": "Analytical Engines", "city": "London"}])

    at.finish(at.sync())

    firm = Company.objects.get()
    assert (firm.name, firm.city) == ("Analytical Engines", "London")


def test_nobody_comes_in_where_the_connection_does_not_want_it(house):
    at = house("hubspot", direction=BOTH)
    at.control(create=[CONTACT, grace()])

    at.finish(at.sync())

    assert not Contact.objects.exists()
    assert len(at.there()) == 1
