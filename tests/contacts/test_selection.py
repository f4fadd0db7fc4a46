"""Selections: filters as they stand in an address, kept with a run, and in words."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from contacts import selection
from contacts.models import Company, Contact, Tag
from contacts.selection import SelectionRefused

pytestmark = pytest.mark.django_db


def make(number: int, **values: object) -> Contact:
    phone = f"+14155550{number:03d}"
    return Contact.objects.create(phone_raw=phone, phone_e164=phone, **values)


def picked(**filters: object) -> set[int]:
    return set(selection.contacts(filters).values_list("pk", flat=True))


def test_no_filter_selects_all():
    contacts = {make(100).pk, make(101).pk}

    assert picked() == contacts


@pytest.mark.parametrize(
    ("filters", "values"),
    [
        ({"line_type": "mobile"}, {"line_type": "mobile"}),
        ({"country": "US"}, {"phone_country": "US"}),
        ({"risk": "high"}, {"sms_pumping_risk_level": "high"}),
        ({"email": True}, {"email": "ada@example.test"}),
        ({"valid": False}, {"phone_is_valid": False}),
        ({"carrier": "Hertz"}, {"carrier_name": "Hertz"}),
        ({"error": "no answer"}, {"error": "no answer"}),
        ({"q": "ada"}, {"full_name": "Ada Adler"}),
    ],
)
def test_a_filter_picks_what_has_its_value(filters, values):
    wanted = make(100, **values)
    make(101)

    assert picked(**filters) == {wanted.pk}


def test_filters_are_met_together():
    company = Company.objects.create(name="Acme")
    wanted = make(100, company=company, line_type="mobile")
    make(101, company=company)
    make(102, line_type="mobile")

    assert picked(company=company.pk, line_type="mobile") == {wanted.pk}


def test_a_tag_picks_its_contacts_once():
    tag = Tag.objects.create(name="fair")
    wanted = make(100)
    wanted.taggings.create(tag=tag)
    make(101)

    assert list(selection.contacts({"tag": tag.pk})) == [wanted]


def test_an_unknown_filter_is_refused():
    with pytest.raises(SelectionRefused, match="colour"):
        selection.contacts({"colour": "red"})


def test_an_address_is_read_and_written_the_same():
    chosen = {"status": "failed", "email": False, "ids": [3, 7], "q": "ada & co", "run": 12}

    assert selection.read(QueryDict(selection.as_query(chosen)).dict()) == (chosen, [])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("status", "purple"),
        ("company", "-1"),
        ("company", "9" * 30),
        ("import", "²"),
        ("country", "USA"),
        ("email", "maybe"),
        ("ids", "1,,2"),
    ],
)
def test_a_broken_filter_is_left_out_with_a_notice(name, text):
    chosen, notices = selection.read({name: text, "line_type": "mobile", "p": "2"})

    assert chosen == {"line_type": "mobile"}
    assert len(notices) == 1
    assert text in notices[0]


def test_words_name_what_is_meant():
    tag = Tag.objects.create(name="fair")

    said = selection.in_words({"status": "failed", "tag": tag.pk, "company": 999, "email": True})

    assert said == "failed, tag fair, company 999, which is gone, with an e-mail address"


def test_no_filter_is_all_contacts_in_words():
    assert selection.in_words({}) == "all contacts"


@pytest.mark.parametrize("ids", [[1], [7, 8, 900], [2**63 - 1], [35, 36, 37, 1296]])
def test_chosen_contacts_are_read_as_they_are_written(ids):
    text = selection.written(ids)

    assert selection.read({"ids": text}) == ({"ids": ids}, [])
    assert selection.read({"ids": ",".join(map(str, ids))}) == ({"ids": ids}, [])


@pytest.mark.parametrize(
    "text", ["~", "~0", "~.", "~-1", "~1.-1", "~1y2p0ij32e8e8", "~!", "~ä", "~" + "z" * 9000]
)
def test_chosen_contacts_that_no_row_can_be_mean_nothing(text):
    chosen, notices = selection.read({"ids": text})

    assert (chosen, len(notices)) == ({}, 1)
