"""Searching contacts by any part of a number, a name, an e-mail or a company, by both ways."""

from __future__ import annotations

import pytest

from contacts.models import Company, Contact, SearchBlock
from contacts.searching import contacts_matching, newest, tidy

pytestmark = pytest.mark.django_db


def make(number: str = "+14155550100", **values: object) -> Contact:
    return Contact.objects.create(phone_raw=number, phone_e164=number, **values)


def found(term: str) -> list[str]:
    """Names by the blocks; the exact condition has to find the same."""
    rows = Contact.objects.order_by("-pk")
    exact = list(rows.filter(contacts_matching(term)).values_list("full_name", flat=True))
    names = dict(rows.values_list("pk", "full_name"))
    assert [names[pk] for pk in newest(Contact.objects.order_by(), term, 0, 100)] == exact
    return exact


@pytest.mark.parametrize(
    ("term", "names"),
    [
        ("+1 415 555 01", ["Ann O'Hara"]),
        ("(415) 555-0100", ["Ann O'Hara"]),
        ("14155550100", ["Ann O'Hara"]),
        ("0100", ["Böe Berg", "Ann O'Hara"]),
        ("020 7946 0100", ["Böe Berg"]),
        ("+207946", []),
        ("555-79", []),
        ("böe", ["Böe Berg"]),
        ("BÖE", ["Böe Berg"]),
        ("'h", ["Ann O'Hara"]),
        ("e b", ["Böe Berg"]),
        ("@EXAMPLE", ["Böe Berg"]),
        ("cme", ["Böe Berg"]),
        ("acme.te", ["Böe Berg"]),
        ("%", []),
        ("_", []),
        ("\t\0", ["Böe Berg", "Ann O'Hara"]),
        ("\\", []),
        ("7", ["Böe Berg"]),
    ],
)
def test_any_part_is_found(term, names):
    acme = Company.objects.create(name="Acme", name_key="acme", domain="acme.test")
    make(full_name="Ann O'Hara")
    make("+442079460100", full_name="Böe Berg", email="bo@example.test", company=acme)

    assert found(term) == names


def test_newest_are_first_and_come_in_pages():
    pks = [make(f"+1415555{number:04d}").pk for number in range(60)]

    first = newest(Contact.objects.order_by(), "415555", 0, 51)
    second = newest(Contact.objects.order_by(), "415555", 50, 51)

    assert first == pks[:8:-1]
    assert second == pks[9::-1]


def test_other_filters_narrow_what_is_found():
    make(full_name="Ann", line_type="mobile")
    wanted = make("+14155550101", full_name="Anna", line_type="pager")

    assert newest(Contact.objects.filter(line_type="pager"), "ann", 0, 10) == [wanted.pk]


def test_so_many_companies_that_none_is_looked_up_alone():
    firms = [Company.objects.create(name=f"Acme {n}") for n in range(3)]
    contact = make(full_name="Ann", company=firms[0])
    make("+14155550101", full_name="Bo")

    assert newest(Contact.objects.order_by(), "acme", 0, 10, most_firms=1) == [contact.pk]


def test_what_was_changed_is_found_by_the_new_and_not_by_the_old():
    contact = make(full_name="Ann")
    Contact.objects.filter(pk=contact.pk).update(full_name="Zoe", email="zoe@example.test")

    assert (found("ann"), found("zoe"), found("zoe@")) == ([], ["Zoe"], ["Zoe"])


def test_other_changes_add_nothing_to_the_search():
    contact = make(full_name="Ann")

    Contact.objects.filter(pk=contact.pk).update(city="Oslo", full_name="Ann")

    assert SearchBlock.objects.count() == 1


def test_deleted_contact_is_not_found():
    make(full_name="Ann").delete()

    assert found("ann") == []


def test_bulk_insert_is_found():
    Contact.objects.bulk_create(
        Contact(phone_raw="x", phone_e164=f"+1415555{n:04d}", full_name=f"No. {n}")
        for n in range(100)
    )

    assert found("no. 99") == ["No. 99"]
    assert SearchBlock.objects.count() <= 6


def test_tidying_makes_one_row_of_each_block_and_loses_nothing():
    contact = make(full_name="Ann")
    for number in range(6):
        Contact.objects.filter(pk=contact.pk).update(full_name=f"Ann {number}")

    tidied = tidy()

    assert (tidied, tidy()) == (1, 0)
    assert list(SearchBlock.objects.values_list("lines", flat=True)) == ["+14155550100\tann 5\t"]
    assert found("ann 5") == ["Ann 5"]


def test_blocks_are_read_before_contacts_are():
    make(full_name="Ann")
    SearchBlock.objects.all().delete()

    assert newest(Contact.objects.order_by(), "ann", 0, 10) == []
