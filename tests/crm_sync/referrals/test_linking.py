"""A referral's company: found by its domains, or said by a person, who has the last word."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection as database
from django.db import transaction

from contacts.models import Company
from crm_sync.models import Connection, Referral
from crm_sync.referrals import linking
from crm_sync.referrals.storing import store
from tests.crm_sync.referrals.house import body, customer

TWO = {"name": "Birch", "team": [{"email": "a@birch.test"}, {"email": "b@oak.test"}]}


def company(domain, name=""):
    return Company.objects.create(domain=domain, name=name)


def row():
    return Referral.objects.get()


def at(day, **more):
    return body(updatedDateTime=f"2026-11-{day:02d}T10:00:00Z", **more)


@pytest.fixture
def user(db):
    return User.objects.create_user("bo")


def test_xr_52_one_company_of_its_domain_is_linked_by_itself(connection):
    birch = company("birch.test")

    store(connection.pk, [at(1, customerProfile=customer())])

    assert (row().link_state, row().company, row().candidates) == ("auto", birch, [])


def test_xr_52_several_are_for_a_person_to_choose_from(connection, user):
    birch, oak = company("birch.test"), company("oak.test")

    store(connection.pk, [at(1, customerProfile=TWO)])

    assert (row().link_state, row().company) == ("several", None)
    assert row().candidates == [birch.pk, oak.pk]
    linking.link_by_hand(row().pk, oak.pk, user)
    assert (row().link_state, row().company, row().candidates) == ("manual", oak, [])
    assert row().linked_by == user
    told = row().changes.first()
    assert (told.what, told.after, told.by) == ("link", "Linked by hand: oak.test", user)


def test_xr_52_a_persons_link_outlives_every_sync(connection, user):
    other = company("other.test")
    company("birch.test")
    store(connection.pk, [at(1, customerProfile=customer())])
    linking.link_by_hand(row().pk, other.pk, user)

    store(connection.pk, [at(2, customerProfile=customer(email="x@birch.test"))])
    linking.link_open(connection.pk)

    assert (row().link_state, row().company) == ("manual", other)
    assert row().emails == ["x@birch.test"]
    assert row().domain == "birch.test"


@pytest.mark.django_db(transaction=True)
def test_ar_26_xr_52_link_made_while_a_sync_writes_the_row_survives():
    connection = Connection.objects.create(kind="partner_center", label="Ours")
    other = company("other.test")
    company("birch.test")
    store(connection.pk, [at(1)])
    started, linked = threading.Event(), []

    def by_hand():
        started.set()
        linked.append(linking.link_by_hand(pk, other.pk, None))
        database.close()

    pk = row().pk
    person = threading.Thread(target=by_hand)
    with transaction.atomic():
        store(connection.pk, [at(2, customerProfile=customer())])
        person.start()
        started.wait()
        person.join(0.3)
        assert not linked  # it waits for the row
    person.join()

    store(connection.pk, [at(3, customerProfile=customer(name="New"))])
    assert (row().link_state, row().company) == ("manual", other)
    assert row().customer_name == "New"


def test_changed_domain_moves_a_link_that_nobody_made(connection):
    company("birch.test")
    oak = company("oak.test")
    store(connection.pk, [at(1, customerProfile=customer())])

    store(connection.pk, [at(2, customerProfile=customer(email="a@oak.test"))])

    assert row().company == oak
    store(connection.pk, [at(3)])
    assert (row().link_state, row().company) == ("none", None)


def test_xr_52_company_that_is_gone_leaves_no_link_and_its_successor_is_found(connection):
    birch = company("birch.test")
    store(connection.pk, [at(1, customerProfile=customer())])
    birch.delete()
    assert row().company is None

    again = company("birch.test")
    assert linking.link_open(connection.pk) == 1

    assert (row().link_state, row().company) == ("auto", again)
    assert linking.link_open(connection.pk) == 0


def test_unlinked_by_hand_it_is_linked_by_its_domain_again(connection, user):
    birch, other = company("birch.test"), company("other.test")
    store(connection.pk, [at(1, customerProfile=customer())])
    linking.link_by_hand(row().pk, other.pk, user)

    linking.unlink(row().pk, user)

    assert (row().link_state, row().company, row().linked_by) == ("auto", birch, None)


def test_company_that_does_not_exist_is_refused(connection, user):
    store(connection.pk, [at(1)])

    with pytest.raises(linking.LinkRefused):
        linking.link_by_hand(row().pk, 10**9, user)

    assert row().link_state == "none"
    assert row().changes.count() == 1
