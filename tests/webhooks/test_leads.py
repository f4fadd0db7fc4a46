"""Leads that were posted become contacts, by an import."""

import pytest

from contacts.importing import work
from contacts.models import Contact, Import
from webhooks import processing
from webhooks.leads import NO_PHONE, cells
from webhooks.models import Delivery

ANN = {"Phone Number": "(415) 555-0100", "firstName": "Ann", "business_name": "Birch", "n": 7}
BO = {"mobile": "+14155550101", "contact_emails": ["bo@birch.test"]}


def lead(event: str, payload) -> Delivery:
    return Delivery.objects.create(sender="leads", event=event, kind="lead", payload=payload)


def test_leads_become_one_import(transactional_db):
    lead("1", ANN), lead("2", BO), lead("3", {"domain": "birch.test"})

    processing.work(60)
    record = Import.objects.get()
    work.run_import(record.pk)

    rows = Delivery.objects.order_by("id")
    assert [(row.state, row.outcome) for row in rows] == [
        ("done", f"line 2 of import {record.pk}"),
        ("done", f"line 3 of import {record.pk}"),
        ("kept", NO_PHONE),
    ]
    ann, bo = Contact.objects.order_by("phone_e164")
    assert (record.origin, ann.phone_e164, ann.first_name, ann.company.name, bo.phone_e164) == (
        "leads", "+14155550100", "Ann", "Birch", "+14155550101",
    )  # fmt: skip


def test_leads_that_come_again_change_no_contact(transactional_db):
    for event in "12":
        lead(event, ANN)
        processing.work(60)
        work.run_import(Import.objects.latest("id").pk)

    assert (Import.objects.count(), Contact.objects.get().revision) == (2, 0)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"E-Mail": "a@b.test", "email": "c@d.test"}, {"email": "a@b.test"}),
        ({"phone": None, "mobile": 14155550100}, {"phone": "14155550100"}),
        ({"phone": {"a": 1}, "phones": []}, {}),
        ({"unheard of": "x"}, {}),
    ],
)
def test_cells_are_read_by_any_word_for_a_field(said, read):
    assert cells(said) == read
