"""Firms of one name and no domain are told apart by their places, where rows speak of firms."""

from itertools import permutations

import pytest

from contacts.importing.companies import place_key
from contacts.importing.undo import run_undo, undo
from contacts.models import Company, Contact

HEADER = ("Phone", "Name", "Company", "Website", "ZIP")
NUMBER = "+1415555{:04}".format


def rows(*said):
    """A row each of (person, company, website, ZIP), with a number of its own."""
    return [(NUMBER(100 + at), *one) for at, one in enumerate(said)]


def firms():
    """Every company: name, domain, postal code, and the last digits of its contacts' numbers."""
    return [
        (one.name, one.domain, one.postal_code,
         [c.phone_e164[-3:] for c in one.contacts.order_by("phone_e164")])
        for one in Company.objects.order_by("id")
    ]  # fmt: skip


@pytest.mark.parametrize("chunk_rows", [1, 2, 100])
def test_two_firms_of_one_name_stand_side_by_side(run, write, chunk_rows):
    said = rows(
        ("", "Joe's Pizza", "", "43001"),
        ("", "JOE'S PIZZA, Inc.", "", "75001-1234"),
        ("", "Joe's Pizza", "", "43001"),
        ("", "Joe's Pizza", "", "75001"),
    )

    for _ in range(2):
        run(write(*said, header=HEADER), chunk_rows=chunk_rows)

    assert firms() == [
        ("Joe's Pizza", None, "43001", ["100", "102"]),
        ("JOE'S PIZZA, Inc.", None, "75001", ["101", "103"]),
    ]
    assert Company.objects.first().provenance["postal_code"]["by"].startswith("file:")


def test_people_of_one_firm_may_live_anywhere(run, write):
    run(write(*rows(
        ("Ada Byron", "Acme", "", "43001"), ("Bo Diaz", "Acme", "", "75001"),
        ("", "Acme", "", "10001"),
    ), header=HEADER))  # fmt: skip

    assert firms() == [("Acme", None, "", ["100", "101", "102"])]


def test_branches_of_a_chain_with_a_domain_are_one_company(run, write):
    run(write(*rows(
        ("", "Acme", "acme.test", "43001"), ("", "Acme", "acme.test", "75001"),
        ("", "Acme", "", "10001"),
    ), header=HEADER))  # fmt: skip

    assert firms() == [("Acme", "acme.test", "", ["100", "101", "102"])]


def test_a_firm_known_to_be_elsewhere_is_another_one(run, write):
    Company.objects.create(name="Acme", name_key="acme", domain="acme.test", postal_code="43001")

    run(write(*rows(("", "Acme", "", "75001"), ("", "Acme", "", "43001-0001")), header=HEADER))

    assert firms() == [("Acme", "acme.test", "43001", ["101"]), ("Acme", None, "75001", ["100"])]


@pytest.mark.parametrize("chunk_rows", [1, 100])
def test_whoever_may_work_at_any_of_several_is_put_into_none(run, write, chunk_rows):
    said = rows(
        ("", "Acme", "", "43001"), ("", "Acme", "", "75001"), ("Ada Byron", "Acme", "", ""),
        ("Bo Diaz", "Acme", "", "43001"), ("", "Acme", "", "10001"),
    )  # fmt: skip

    run(write(*said, header=HEADER), chunk_rows=chunk_rows)

    assert firms() == [
        ("Acme", None, "43001", ["100"]),
        ("Acme", None, "75001", ["101"]),
        ("Acme", None, "", ["102", "103"]),
        ("Acme", None, "10001", ["104"]),
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_firms_says_nothing(run, write, order):
    said = rows(("", "Acme", "", "43001"), ("", "Acme", "", "75001"), ("", "Acme", "", "10001"))

    run(write(*(said[at] for at in order), header=HEADER))

    found = {(code, *numbers) for _, _, code, numbers in firms()}
    assert found == {("43001", "100"), ("75001", "101"), ("10001", "102")}


def test_undo_takes_the_branches_with_it(run, write):
    record = run(write(*rows(("", "Acme", "", "43001"), ("", "Acme", "", "75001")), header=HEADER))
    assert Company.objects.count() == 2

    undo(record, rings=False)
    run_undo(record.pk)

    assert (Company.objects.count(), Contact.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("94103", "94103"), ("94103-1234", "94103"), ("941031234", "94103"),
        ("sw1a 1aa", "SW1A1AA"), ("n/a", ""), ("", ""), ("1010", "1010"), ("\0" * 30, ""),
        ("7" * 40, "7" * 20),
    ],
)  # fmt: skip
def test_a_postal_code_is_folded(code, key):
    assert place_key(code) == key
    assert place_key(key) == key
