"""Workbooks and archives, also those that nobody should open."""

import datetime
import os

import pytest

from contacts.importing.reading import SourceRow, open_table
from tests.contacts.importing.reading.tables import ANN, BOB, TWO, cells, refusal


def test_a_workbook_is_read_as_a_person_reads_it(write_book):
    path = write_book(
        ["Customers"], [],
        ["Name", "Phone", "Since", "Active", "Rate", "Phone"],
        ["Ann", 14155550123.0, datetime.date(2026, 1, 5), True, 0.5, "#N/A"],
        [],
        ["Bob", 14155550124, datetime.datetime.fromisoformat("2026-01-05T09:30"), False, None, "x"],
    )  # fmt: skip

    table = open_table(path)

    assert (table.format, table.sheet, table.header_row) == ("xlsx", "Sheet", 3)
    assert table.columns == ["Name", "Phone", "Since", "Active", "Rate", "Phone (2)"]
    assert list(table.rows()) == [
        SourceRow(4, ["Ann", "14155550123", "2026-01-05", "TRUE", "0.5", ""]),
        SourceRow(5, [], "blank row"),
        SourceRow(6, ["Bob", "14155550124", "2026-01-05T09:30:00", "FALSE", "", "x"]),
    ]
    assert [row.line for row in table.rows(after_line=5)] == [6]


def test_the_first_visible_sheet_with_rows_is_read(write_book):
    def prepare(book):
        book.active.sheet_state = "hidden"
        book.create_sheet("Empty")
        people = book.create_sheet("People")
        people.append(["name", "phone"])
        people.append(ANN)

    table = open_table(write_book(["hidden", "phone"], BOB, prepare=prepare))

    assert (table.sheet, cells(table)) == ("People", [ANN])


def test_an_empty_or_damaged_workbook_is_refused(write_book, write_zip):
    assert "no visible sheet with rows" in refusal(write_book())
    damaged = write_zip({"xl/workbook.xml": "<workbook>"}, name="damaged.xlsx")
    assert "the workbook can't be read" in refusal(damaged)


def test_a_workbook_with_too_many_texts_is_refused_before_it_is_read(write_zip):
    texts = os.urandom(30 << 20).hex()
    path = write_zip({"xl/workbook.xml": "", "xl/sharedStrings.xml": texts}, name="big.xlsx")

    assert "save the sheet as CSV" in refusal(path)


@pytest.mark.parametrize("name", ["list.csv", "folder/list.txt"])
def test_a_zip_of_one_table_is_that_table(write_zip, name):
    junk = {"__MACOSX/._list.csv": b"\0\5", ".DS_Store": b"\0", "folder/": b""}

    table = open_table(write_zip({name: TWO, **junk}))

    assert (table.format, table.encoding, cells(table)) == ("csv", "utf-8", [ANN, BOB])
    assert cells(table) == [ANN, BOB]


def test_a_zip_of_one_workbook_is_that_workbook(write_book, write_zip):
    book = write_book(["name", "phone"], ANN)

    table = open_table(write_zip({"list.xlsx": book.read_bytes()}))

    assert (table.format, cells(table), cells(table)) == ("xlsx", [ANN], [ANN])


def test_archives_that_are_no_table_are_refused(write_zip, write):
    inner = write_zip({"a.csv": TWO}).read_bytes()
    cases = {
        "the archive holds another archive": {"inner.zip": inner},
        "the archive holds 2 files (a.csv, b.csv)": {"a.csv": TWO, "b.csv": TWO},
        "the archive is empty": {"__MACOSX/x": b""},
        "the file is an office document": {"word/document.xml": "<w/>"},
        "the file is a PDF": {"list.pdf": b"%PDF-1.7"},
        "as a zip bomb does": {"list.csv": b"\0" * (60 << 20)},
    }

    for message, members in cases.items():
        assert message in refusal(write_zip(members, name="case.zip"))
    assert "cut short" in refusal(write(b"PK\x03\x04 nothing", "cut.zip"))


def test_an_archive_with_a_password_or_damage_is_refused(write_zip, write):
    packed = bytearray(write_zip({"list.csv": TWO * 1000}).read_bytes())
    directory = packed.rindex(b"PK\x01\x02")
    locked = bytearray(packed)
    locked[directory + 8] |= 1
    packed[60] ^= 0xFF

    assert refusal(write(bytes(locked), "locked.zip")).startswith("the archive has a password")
    assert "damaged" in refusal(write(bytes(packed), "damaged.zip"))


def test_an_archive_that_claims_a_huge_file_is_refused_unread(write_zip, write):
    packed = bytearray(write_zip({"list.csv": TWO}).read_bytes())
    directory = packed.rindex(b"PK\x01\x02")
    packed[directory + 24 : directory + 28] = (3 << 30).to_bytes(4, "little")

    assert "over 2 GiB" in refusal(write(bytes(packed), "claim.zip"))
