"""Searching companies by any part of a name or a domain, by their blocks and by the condition."""

from __future__ import annotations

import pytest

from contacts.models import Company, CompanyBlock, Contact
from contacts.queries import page_of
from contacts.searching import companies_matching, newest_companies, tidy

pytestmark = pytest.mark.django_db


def found(term: str) -> list[str]:
    """Names by the blocks; the exact condition has to find the same."""
    rows = Company.objects.order_by("-pk")
    exact = list(rows.filter(companies_matching(term)).values_list("name", flat=True))
    names = dict(rows.values_list("pk", "name"))
    assert [names[pk] for pk in newest_companies(term, 100)] == exact
    return exact


@pytest.mark.parametrize(
    ("term", "names"),
    [
        ("cme", ["Acme, Inc."]),
        ("ACME, I", ["Acme, Inc."]),
        ("e.te", ["Acme, Inc."]),
        ("öre", ["Böreal"]),
        ("ÖRE", ["Böreal"]),
        ("l", ["Böreal"]),
        ("e", ["Böreal", "Acme, Inc."]),
        ("%", []),
        ("inc.\tacme", []),
    ],
)
def test_any_part_is_found(term, names):
    Company.objects.create(name="Acme, Inc.", domain="acme.test")
    Company.objects.create(name="Böreal")

    assert found(term) == names


def test_no_more_are_found_than_were_asked_for():
    made = Company.objects.bulk_create(Company(name=f"Acme {n}") for n in range(60))

    assert newest_companies("acme", 30) == [one.pk for one in made[:29:-1]]
    assert CompanyBlock.objects.count() <= 4


def test_change_adds_what_is_new_and_what_was_is_not_found():
    company = Company.objects.create(name="Acme")
    Company.objects.filter(pk=company.pk).update(name="Zenith", domain="zenith.test")
    Company.objects.filter(pk=company.pk).update(external_id="7")

    assert (found("acme"), found("nith.te")) == ([], ["Zenith"])
    assert CompanyBlock.objects.count() == 2


def test_deleted_company_is_not_found():
    Company.objects.create(name="Acme").delete()

    assert found("acme") == []


def test_tidying_makes_one_row_of_each_block_and_loses_nothing():
    company = Company.objects.create(name="Acme", domain="acme.test")
    for number in range(6):
        Company.objects.filter(pk=company.pk).update(name=f"Acme {number}")

    tidied = tidy()

    assert (tidied, tidy()) == (1, 0)
    assert list(CompanyBlock.objects.values_list("lines", flat=True)) == ["acme 5\tacme.test"]
    assert found("acme 5") == ["Acme 5"]


def test_search_beside_a_filter_that_leaves_few_finds_companies_newest_first():
    acme, other = (Company.objects.create(name=name) for name in ("Acme", "Other"))
    pks = [
        Contact.objects.create(
            phone_raw="x", phone_e164=f"+1415555{n:04}", line_type="pager",
            company=acme if n % 2 else other,
        ).pk
        for n in range(120)
    ]  # fmt: skip

    pages = [page_of({"line_type": "pager", "q": "acme"}, number) for number in (1, 2, 3)]

    assert [[one.pk for one in page.contacts] for page in pages] == [
        pks[119:20:-2],
        pks[19::-2],
        [],
    ]
    assert [page.has_next for page in pages] == [True, False, False]
