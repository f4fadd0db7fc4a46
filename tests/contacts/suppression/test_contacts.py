"""Contacts whose number must not be reached: found, marked in their list and on their page."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contacts import selection
from contacts.models import Contact
from contacts.suppression import Reason, lift, suppress
from contacts.suppression import lists as listing

pytestmark = pytest.mark.django_db
ANN, BOB, CYD = "+14155550100", "+14155550101", "+14155550102"
CONTACTS = reverse("admin:contacts_contact_changelist")


@pytest.fixture(autouse=True)
def people(settings, tmp_path):
    """Ann said stop, Bob is on a list, nothing stands against Cyd, not any more."""
    settings.UPLOADS = tmp_path / "uploads"
    for number in (ANN, BOB, CYD):
        Contact.objects.create(phone_raw=number, phone_e164=number)
    suppress([ANN, CYD], Reason.STOP)
    lift(CYD, reasons=[Reason.STOP], why="START")
    listing.take_in(BOB, name="register", as_of=date(2026, 11, 20))


def chosen(text: str) -> list[str]:
    picked, notices = selection.read({"suppressed": text})
    assert notices == []
    return sorted(selection.contacts(picked).values_list("phone_e164", flat=True))


def test_the_filter_tells_them_apart():
    assert chosen("yes") == [ANN, BOB]
    assert chosen("no") == [CYD]


def test_the_filter_has_its_words():
    assert selection.in_words({"suppressed": True}) == "not to be contacted"
    assert selection.in_words({"suppressed": False}) == "that may be contacted"


def test_the_list_marks_them(admin_client):
    html = admin_client.get(CONTACTS).content.decode()

    assert html.count('data-tone="bad">Do not contact</span>') == 2


@pytest.mark.parametrize("query", ["", "?suppressed=yes", "?suppressed=no"])
def test_the_list_costs_no_more_for_it(admin_client, query):
    with CaptureQueriesContext(connection) as few:
        admin_client.get(f"{CONTACTS}{query}")
    for n in range(40):
        Contact.objects.create(phone_raw="x", phone_e164=f"+1415555{1000 + n}")
    suppress([f"+1415555{1000 + n}" for n in range(0, 40, 2)], Reason.OWN)

    with CaptureQueriesContext(connection) as many:
        admin_client.get(f"{CONTACTS}{query}")

    assert len(many) == len(few) <= 12


def test_with_many_suppressed_it_finds_the_same():
    suppress([f"+1416{n:07}" for n in range(2_000_000, 2_005_001)], Reason.OWN)

    assert chosen("yes") == [ANN, BOB]
    assert chosen("no") == [CYD]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (ANN, ["Said stop, since", "Why, and lifting it", "ct-pill-danger"]),
        (BOB, ["On a list “register”, since"]),
        (CYD, ["Nothing stands against it", "Do not contact…"]),
    ],
)
def test_the_page_of_a_contact_says_why(admin_client, number, words):
    contact = Contact.objects.get(phone_e164=number)

    html = admin_client.get(
        reverse("admin:contacts_contact_change", args=[contact.pk])
    ).content.decode()

    assert [one for one in words if one not in html] == []
    assert ('ct-pill-danger">Do not contact' in html) == (number != CYD)


def test_who_may_only_look_is_offered_nothing_to_do(client, person):
    person("view_contact")
    contact = Contact.objects.get(phone_e164=ANN)

    html = client.get(reverse("admin:contacts_contact_change", args=[contact.pk])).content.decode()

    assert "Said stop" in html
    assert "Why, and lifting it" not in html
