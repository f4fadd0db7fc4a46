"""From a file to contacts: what is created, what is rejected, and what is said about it."""

from pathlib import Path

import pytest

from contacts.importing.files import keep
from contacts.importing.mapping import NoPhoneColumn
from contacts.importing.service import (
    NotPossible,
    create_import,
    delete_import,
    rejects,
    start,
    unused_columns,
)
from contacts.importing.table import FileRefused
from contacts.importing.work import run_import
from contacts.models import Contact, Import, ImportRow, SavedMapping
from tests.contacts.conftest import counted, people

NUMBER = "+14155550100"


def test_a_row_becomes_a_contact_with_provenance(import_rows):
    record = import_rows(("(415) 555-0100 x12", "Ada  Lovelace", "Acme, Inc.", "ADA@Acme.test", ""))

    contact = Contact.objects.get()
    assert counted(record) == {"created": 1}
    assert (contact.phone_e164, contact.phone_ext, contact.phone_country) == (NUMBER, "12", "US")
    assert (contact.first_name, contact.last_name) == ("Ada", "Lovelace")
    assert (contact.email, contact.city, contact.status) == ("ada@acme.test", "", "pending")
    assert contact.provenance["email"]["by"] == f"file:{record.pk}"
    assert contact.provenance["phone_is_valid"]["by"] == "local"
    assert set(contact.provenance) == {
        "first_name", "last_name", "full_name", "email", "phone_ext", "company",
        "phone_is_valid", "phone_country",
    }  # fmt: skip


def test_special_characters_survive_the_copy(import_rows):
    import_rows((NUMBER, r"Bäck\slash \N", "A\tB", "", "two\nlines"))

    contact = Contact.objects.get()
    assert contact.full_name == r"Bäck\slash \N"
    assert (str(contact.company), contact.city) == ("A B", "two lines")


def test_what_does_not_fit_is_left_out_with_a_remark(run, write):
    header = ("Phone", "Name", "Email", "Website")
    mapping = {"phone": 0, "full_name": 1, "email": 2, "company_domain": 3}
    path = write((NUMBER, "x" * 300, "ada at acme", "nowhere"), header=header)

    record = run(path, mapping=mapping)

    row = ImportRow.objects.get(source=record)
    assert row.outcome == "created"
    assert row.reason == (
        "too long, cut: full name; e-mail not readable: 'ada at acme';"
        " website not readable: 'nowhere'"
    )


def test_every_rejected_row_keeps_line_cells_and_reason(import_rows):
    record = import_rows(
        ("", "No Number", "", "", ""),
        ("123", "Three Digits", "", "", ""),
        ("4" * 40, "Forty Digits", "", "", ""),
        ("call reception", "Letters", "", "", ""),
        ("", "", "", "", ""),
        (NUMBER, "Fine", "", "", ""),
    )

    rows = ImportRow.objects.filter(source=record, outcome="rejected").order_by("line")
    assert [(row.line, row.reason) for row in rows] == [
        (2, "no phone number"),
        (3, "phone number too short: 3 digits"),
        (4, "phone number too long: 40 digits"),
        (5, "phone number has letters: 'call reception'"),
        (6, "blank row"),
    ]
    assert rows[1].raw == ["123", "Three Digits", "", "", ""]
    assert counted(record) == {"created": 1, "rejected": 5}


def test_all_rejects_can_be_downloaded_defused(import_rows):
    record = import_rows(
        *[("=1+1", f"@Bad {at}", "-x", NUMBER, "") for at in range(2500)], (NUMBER, "", "", "", "")
    )

    lines = "".join(rejects(record)).splitlines()

    assert len(lines) == 2501
    assert lines[0] == "Phone,Name,Company,Email,City,line,reason"
    assert lines[1].startswith(f"'=1+1,'@Bad 0,'-x,{NUMBER},,2,phone number ")


def test_a_huge_cell_is_cut_in_what_is_kept(import_rows):
    record = import_rows(("bad", "x" * 90_000, "", "", ""), (NUMBER, "", "", "", ""))

    kept = ImportRow.objects.get(source=record, outcome="rejected").raw
    assert len(str(kept)) < 20_100


def test_numbers_can_be_pasted(run):
    record = run("415-555-0100, 415-555-0101\n415-555-0100", name="From a mail")

    assert counted(record) == {"created": 2, "repeated": 1}
    assert (record.name, record.progress) == ("From a mail", 1.0)


@pytest.mark.parametrize(("text", "lines"), [("", 0), ("a", 1), ("a\nb\n", 2), ("a\nb", 2)])
def test_a_last_line_counts_without_its_end(uploads, text, lines):
    with keep(text) as copy:
        assert copy.line_count == lines


def test_a_mapping_is_remembered_for_the_same_headers(uploads, write):
    path = write((NUMBER, "Ada", "Acme", "", "Austin"))
    first = create_import(path)
    start(first, mapping={"phone": 0, "full_name": 4}, ring=False)

    second = create_import(write((NUMBER, "Ada", "Acme", "", "Austin"), name="again.csv"))

    assert second.mapping == {"phone": 0, "full_name": 4}
    assert unused_columns(second) == ["Name", "Company", "Email"]
    assert SavedMapping.objects.count() == 1


def test_a_file_without_a_phone_column_stays_a_draft(uploads, write):
    record = create_import(write(("Ada", "Austin"), header=("Name", "City")))

    with pytest.raises(NoPhoneColumn, match="no column holds phone numbers"):
        start(record, ring=False)

    record.refresh_from_db()
    assert (record.state, Contact.objects.count()) == (Import.State.DRAFT, 0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image"),
        (b"Phone\n", "no rows below its header"),
        (",".join(f"c{at}" for at in range(1200)).encode() + b"\n1\n", "1200 columns"),
    ],
)
def test_a_bad_file_is_refused_and_leaves_nothing(uploads, tmp_path, data, message):
    path = tmp_path / "bad.csv"
    path.write_bytes(data)

    with pytest.raises(FileRefused, match=message):
        create_import(path)

    assert (Import.objects.count(), list(uploads.iterdir())) == (0, [])


def test_a_missing_file_is_refused(uploads, tmp_path):
    with pytest.raises(FileRefused, match="can't be read"):
        create_import(tmp_path / "none.csv")


@pytest.mark.parametrize(
    "wrong",
    [{"region": "XX"}, {"mode": "merge"}, {"mapping": {"fon": 0}}, {"mapping": {"phone": 9}}],
)
def test_wrong_options_are_refused(uploads, write, wrong):
    with pytest.raises(ValueError, match=r"unknown|no column"):
        create_import(write((NUMBER,)), **wrong)

    assert list(uploads.iterdir()) == []


def test_an_import_starts_once(uploads, write):
    record = create_import(write((NUMBER,)))
    start(record, ring=False)

    with pytest.raises(NotPossible):
        start(record, ring=False)


def test_a_copy_that_is_gone_fails_the_import_with_words(uploads, write):
    record = create_import(write((NUMBER,)))
    start(record, ring=False)
    (uploads / record.path).unlink()

    record = run_import(record.pk)

    assert record.state == Import.State.FAILED
    assert "there is no file" in record.error


def test_deleting_an_import_keeps_its_contacts(import_rows, uploads):
    record = import_rows((NUMBER, "Ada", "", "", ""))

    delete_import(record)

    assert (Import.objects.count(), ImportRow.objects.count()) == (0, 0)
    assert (people(), list(uploads.iterdir())) == ([(NUMBER, "", "Ada")], [])


def test_the_path_is_ours_not_the_uploader_s(uploads, write):
    record = create_import(write((NUMBER,), name="..evil.csv"))

    assert Path(record.path).name == record.path
    assert record.path.endswith(".csv")
