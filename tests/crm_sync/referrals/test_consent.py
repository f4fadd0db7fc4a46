"""Whom a referral's missing consent keeps in this house."""

import pytest
from django.contrib.auth.models import User
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from contacts.models import Company, Contact
from crm_sync.models import Referral
from crm_sync.referrals import leads
from crm_sync.referrals.consent import consents
from crm_sync.referrals.storing import store
from tests.crm_sync.referrals.house import body, customer

pytestmark = pytest.mark.django_db
NO, YES = {"consentToContact": False}, {"consentToContact": True}


def lead(connection, consent, id_="r-1", day=1):
    at = f"2026-11-{day:02d}T10:00:00Z"
    store(connection.pk, [body(id_, customerProfile=customer(), consent=consent,
                               updatedDateTime=at)])  # fmt: skip
    row = Referral.objects.get(remote_id=id_)
    user, _ = User.objects.get_or_create(username="bo")
    return leads.make_lead(row.pk, user).contact


def test_xr_59_no_consent_blocks_the_lead(connection):
    contact = lead(connection, NO)
    other = Contact.objects.create(phone_raw="x", phone_e164="+14155550101")

    assert consents([contact.pk, other.pk]) == {contact.pk}


@pytest.mark.parametrize("consent", [YES, {}, None])
def test_xr_59_consent_and_silence_block_nobody(connection, consent):
    assert consents([lead(connection, consent).pk]) == set()


def test_xr_59_latest_word_counts(connection):
    contact = lead(connection, NO)
    lead(connection, YES, "r-2", day=2)
    assert consents([contact.pk]) == set()

    lead(connection, NO, "r-3", day=3)
    lead(connection, {}, "r-4", day=4)  # says nothing
    assert consents([contact.pk]) == {contact.pk}


def test_xr_59_also_whoever_has_the_address_wherever_they_work_by_any_case(connection):
    birch = Company.objects.create(domain="birch.test")
    known = Contact.objects.create(
        phone_raw="x", phone_e164="+14155550102", email="Ann@Birch.test", company=birch
    )
    colleague = Contact.objects.create(
        phone_raw="x", phone_e164="+14155550103", email="bo@birch.test", company=birch
    )

    store(connection.pk, [body(customerProfile=customer(), consent=NO)])

    elsewhere = Contact.objects.create(
        phone_raw="x", phone_e164="+14155550104", email="ann@birch.test"
    )
    assert consents([known.pk, colleague.pk, elsewhere.pk]) == {known.pk, elsewhere.pk}


def test_xr_59_connection_may_be_told_to_ignore_it(connection):
    contact = lead(connection, NO)
    connection.options = {"ignores_consent": True}
    connection.save()

    assert consents([contact.pk]) == set()


def test_a_batch_costs_one_query(connection):
    contact = lead(connection, NO)

    with CaptureQueriesContext(database) as queries:
        assert consents([contact.pk, *range(10**6, 10**6 + 500)]) == {contact.pk}
        assert consents([]) == set()

    assert len(queries) == 1
