"""Who is meant: everything under one person, and nobody who only shares a desk."""

import pytest

from contacts.erasing.people import of_contact, of_words
from contacts.models import Contact

pytestmark = pytest.mark.django_db


def made(phone, name="", email="", ext=""):
    return Contact.objects.create(
        phone_raw=phone, phone_e164=phone, full_name=name, email=email, phone_ext=ext
    )


def test_contacts_of_one_person_are_found_by_number_and_e_mail():
    ann = made("+14155550101", "Ann Lee", "ann@acme.test")
    desk = made("+14155550101", "A. Lee")
    mobile = made("+14155550102", "Ann Lee", "Ann@Acme.test")
    made("+14155550103", "Bob Ray", "bob@acme.test")

    found = of_contact(ann)

    assert found.person.contacts == (ann.pk, desk.pk, mobile.pk)
    assert found.person.phones == ("+14155550101", "+14155550102")
    assert found.person.emails == ("ann@acme.test",)
    assert found.others == []


def test_whoever_shares_the_number_under_another_name_stays():
    ann = made("+14155550101", "Ann Lee", "office@acme.test")
    bob = made("+14155550101", "Bob Ray", "office@acme.test")

    found = of_contact(ann)

    assert found.person.contacts == (ann.pk,)
    assert found.others == [bob]
    assert (found.person.own_phones(), found.person.own_emails()) == ([], [])


def test_number_that_was_typed_means_all_who_are_under_it():
    ann, bob = made("+14155550101", "Ann Lee"), made("+14155550101", "Bob Ray")

    found = of_words(["+14155550101"], [])

    assert found.person.contacts == (ann.pk, bob.pk)
    assert found.others == []
