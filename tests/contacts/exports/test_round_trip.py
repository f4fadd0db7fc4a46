"""An export that is imported again says nothing new, whatever its columns and its format."""

import random

import pytest

from contacts.exports import service
from contacts.exports.columns import COLUMNS, DEFAULT, SOURCES
from contacts.exports.sending import sent
from contacts.exports.service import Wish
from contacts.importing.fields import BY_NAME
from contacts.importing.guessing import guess
from contacts.models import Company, Contact
from tests.contacts.conftest import counted
from tests.contacts.exports.conftest import number_of

NAMES = ("Ada Lovelace", "Grace Hopper", "=Alan Turing", "Zoë 李", "O'Brien, Pat", "-Ann", "")


@pytest.fixture
def people(transactional_db):
    """Contacts of whom some share a number, and others a company."""
    dice = random.Random(3)
    companies = [Company.objects.create(name=f"Company {n}, Inc.", domain=f"c{n}.test")
                 for n in range(5)]  # fmt: skip
    companies.append(Company.objects.create(name="=Nameless & Sons", name_key="nameless and sons"))
    for at in range(60):
        name = NAMES[at % len(NAMES)]
        first, _, last = name.partition(" ")
        number = number_of(at if at % 10 else at // 10)
        Contact.objects.create(
            phone_raw=number, phone_e164=number, phone_ext="12" if at % 7 == 3 else "",
            full_name=name, first_name=first, last_name=last, city="Austin", postal_code="00501",
            email=f"p{at}@mail{at}.test" if at % 3 else "", company=dice.choice(companies),
            line_type="mobile", phone_is_valid=True, phone_country="US",
            provenance={"email": {"by": "file:1", "at": "2026-03-01", "sure": 0.9}},
        )  # fmt: skip


def known():
    names = [field.name for field in Contact._meta.concrete_fields if field.name != "updated_at"]
    return list(Contact.objects.order_by("pk").values_list(*names, "company__name"))


@pytest.mark.parametrize("columns", [DEFAULT, list(COLUMNS)], ids=["usual", "all"])
@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx"])
@pytest.mark.parametrize("with_sources", [False, True])
def test_an_export_imported_again_creates_nothing(
    people, run, folder, owner, tmp_path, columns, format, with_sources
):
    asked = service.ask(Wish({}, columns, format, with_sources), owner)
    file = tmp_path / f"again.{format}"
    file.write_bytes(b"".join(sent(asked)))
    before, companies = known(), Company.objects.count()

    record = run(file)

    assert counted(record) == {"repeated": 60}
    assert known() == before
    assert Company.objects.count() == companies


def test_a_heading_is_read_as_what_it_is_or_not_at_all():
    read, expected = {}, {}
    for column in (column for column in COLUMNS.values() if column.label != "Phone"):
        for label in (column.label, *(f"{column.label} {source}" for _, _, source in SOURCES)):
            is_field = label == column.label and column.name in BY_NAME
            expected[label] = [column.name] if is_field else []
            found = guess(["Phone", label], [["+14155550100", ""]], "US").fields
            read[label] = [name for name, at in found.items() if at == 1]

    assert read == expected
