"""A lead made of a referral: once, with its notes, and with what was there already left alone."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection as database
from django.db import transaction

from contacts.importing.store import take_turn
from contacts.models import Company, Contact, Note
from crm_sync.models import Connection, Referral
from crm_sync.referrals import leads, linking
from crm_sync.referrals.storing import store
from tests.crm_sync.referrals.house import body, customer

DETAILS = {"notes": "We move our mail."}


@pytest.fixture
def user(db):
    return User.objects.create_user("bo")


def referral(connection, **told):
    store(connection.pk, [body(**told)])
    return Referral.objects.get()


def test_lead_has_company_person_and_source(connection, user):
    row = referral(connection, customerProfile=customer(), details=DETAILS)

    leads.make_lead(row.pk, user, notes="Call on Monday")

    row.refresh_from_db()
    company, contact = row.company, row.contact
    assert (company.name, company.domain) == ("Birch Works", "birch.test")
    assert company.provenance["name"]["by"] == f"referral:{row.pk}"
    assert (contact.full_name, contact.phone_e164, contact.email, contact.company) == (
        "Ann Birch", "+14155550100", "ann@birch.test", company,
    )  # fmt: skip
    assert contact.provenance["email"]["by"] == f"referral:{row.pk}"
    assert contact.status == "pending"
    assert (row.link_state, row.linked_by) == ("created", user)


def test_xr_55_notes_are_a_note_that_people_see(connection, user):
    row = referral(connection, customerProfile=customer(), details=DETAILS)

    leads.make_lead(row.pk, user, notes="Call on Monday")

    note = Note.objects.get()
    assert (note.text, note.author) == ("Call on Monday\n\nWe move our mail.", user)


def test_xr_55_made_twice_it_is_one(connection, user):
    row = referral(connection, customerProfile=customer(), details=DETAILS)

    for _ in range(3):
        leads.make_lead(row.pk, user)

    assert (Company.objects.count(), Contact.objects.count(), Note.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_ar_24_xr_55_two_people_at_once_make_one():
    connection = Connection.objects.create(kind="partner_center", label="Ours")
    user = User.objects.create_user("bo")
    row = referral(connection, customerProfile=customer(), details=DETAILS)

    def make():
        leads.make_lead(row.pk, user)
        database.close()

    threads = [threading.Thread(target=make) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert (Company.objects.count(), Contact.objects.count(), Note.objects.count()) == (1, 1, 1)


def test_xr_55_without_a_number_there_is_a_company_and_the_notes_stay(connection, user):
    told = customer(team=[{"firstName": "Ann", "email": "ann@birch.test", "phoneNumber": "n/a"}])
    row = referral(connection, customerProfile=told, details=DETAILS)

    leads.make_lead(row.pk, user)

    row.refresh_from_db()
    assert (row.company.name, row.contact, row.notes) == ("Birch Works", None, "We move our mail.")
    assert Contact.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "customer_name", "there", "kept"),
    [("", "Birch Works", "Birch Inc", "Birch Inc"),
     ("", "Birch Works", "birch.test", "Birch Works"),
     ("", "Birch Works", "", "Birch Works"), ("Typed", "Birch Works", "", "Typed"),
     ("", "", "", "")],
)  # fmt: skip
def test_xr_50_better_name_that_is_there_stays(connection, user, typed, customer_name, there, kept):
    Company.objects.create(domain="birch.test", name=there)
    row = referral(connection, customerProfile=customer(name=customer_name))
    linking.unlink(row.pk, user)
    Referral.objects.update(company=None, link_state="none")

    leads.make_lead(row.pk, user, name=typed)

    assert Company.objects.get().name == kept


def test_xr_56_azure_tenant_is_kept_with_its_source_and_mail_is_dnss_to_say(connection, user):
    Company.objects.create(domain="birch.test", name="Birch", mail_provider="google")
    tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47"
    row = referral(connection, customerProfile=customer(), azureTenantId=tenant)

    leads.make_lead(row.pk, user)

    company = Company.objects.get()
    assert company.mail_provider == "google"
    fact = company.provenance["azure_tenant_id"]
    assert (fact["value"], fact["by"]) == (tenant, f"referral:{row.pk}")


def test_person_who_is_there_is_taken_and_keeps_what_they_have(connection, user):
    known = Contact.objects.create(
        phone_raw="x", phone_e164="+14155550100", full_name="Anne Birch", email="old@birch.test"
    )
    row = referral(connection, customerProfile=customer())

    leads.make_lead(row.pk, user)

    row.refresh_from_db()
    assert (row.contact, row.contact.email) == (known, "old@birch.test")
    assert Contact.objects.count() == 1


def test_somebody_else_on_the_same_number_is_not_taken(connection, user):
    Contact.objects.create(phone_raw="x", phone_e164="+14155550100", full_name="Bob Oak")
    row = referral(connection, customerProfile=customer())

    leads.make_lead(row.pk, user)

    assert Contact.objects.count() == 2


def test_linked_by_hand_it_stays_with_that_company(connection, user):
    other = Company.objects.create(domain="other.test", name="Other")
    row = referral(connection, customerProfile=customer())
    linking.link_by_hand(row.pk, other.pk, user)

    leads.make_lead(row.pk, user)

    row.refresh_from_db()
    assert (row.company, row.link_state, row.contact.company) == (other, "manual", other)


def test_ar_29_nothing_to_call_a_company_by_is_refused_and_leaves_nothing(connection, user):
    row = referral(connection)

    with pytest.raises(leads.LeadRefused):
        leads.make_lead(row.pk, user)

    row.refresh_from_db()
    assert row.lead_made_at is None
    assert Company.objects.count() == 0
    leads.make_lead(row.pk, user, name="Birch")
    assert Company.objects.get().name == "Birch"


def test_lead_is_not_unlinked(connection, user):
    row = referral(connection, customerProfile=customer())
    leads.make_lead(row.pk, user)

    with pytest.raises(linking.LinkRefused):
        linking.unlink(row.pk, user)


@pytest.mark.parametrize("email", ["a@.b", "a@b", "@b.test", "a b@c.test", "a@b@c.test", "x" * 300])
def test_address_that_is_none_is_left_out(connection, user, email):
    row = referral(connection, customerProfile=customer(email=email))

    leads.make_lead(row.pk, user, name="Birch")

    assert Contact.objects.get().email == ""


def test_long_names_are_cut_to_what_a_contact_takes(connection, user):
    member = {"firstName": "F" * 300, "lastName": "L" * 300, "phoneNumber": "+14155550100"}
    row = referral(connection, customerProfile={"name": "N" * 900, "team": [member]})

    leads.make_lead(row.pk, user)

    contact = Contact.objects.get()
    assert (len(contact.full_name), len(contact.company.name)) == (200, 255)


@pytest.mark.django_db(transaction=True)
def test_ar_31_lead_and_import_of_its_company_do_not_wait_for_each_other():
    """An import has its turn, then makes the company; a lead must not have made it meanwhile."""
    connection = Connection.objects.create(kind="partner_center", label="Ours")
    user = User.objects.create_user("bo")
    row = referral(connection, customerProfile=customer())

    def make():
        leads.make_lead(row.pk, user)
        database.close()

    making = threading.Thread(target=make, daemon=True)

    with transaction.atomic():
        take_turn()
        making.start()
        making.join(0.5)
        assert making.is_alive()
        company = Company.objects.create(domain="birch.test")
    making.join(60)

    assert not making.is_alive()
    row.refresh_from_db()
    assert (row.link_state, row.company) == ("created", company)
    assert row.company.name == "Birch Works"
