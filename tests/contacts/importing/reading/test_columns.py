"""Which line is the header, and what is no table at all."""

import tracemalloc

import pytest

from contacts.importing.reading import open_table
from tests.contacts.importing.reading.tables import HEADER, TWO, refusal


def test_a_row_with_more_cells_than_columns_is_not_guessed_at(write):
    rows = list(open_table(write(TWO + "Lee, Ann,+1 415 555 0123\nAnn,1,,\n")).rows())

    assert [row.problem for row in rows] == ["", "", "3 cells under 2 columns", ""]


def test_memory_does_not_grow_with_the_file(write):
    path = write(HEADER + "Ann Lee,+1 415 555 0123\n" * 200_000)
    tracemalloc.start()

    count = sum(1 for _ in open_table(path).rows())

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 200_000
    assert peak < 6 << 20


@pytest.mark.parametrize(
    ("text", "header", "columns"),
    [
        ("My list\nof 2026-01-05\n\n" + TWO, 4, ["name", "phone"]),
        ("Export\n\n;;;\nVorname;Telefon;Ort;PLZ\nAnn;030 23125000;Berlin;10115\n", 4,
         ["Vorname", "Telefon", "Ort", "PLZ"]),
        ("Ann Lee,4155550123\nBob Ray,4155550124\n", 0, ["Column 1", "Column 2"]),
        ("4155550123\n4155550124\n", 0, ["Column 1"]),
        ("CALL ME\n4155550124\n", 0, ["Column 1"]),
        ("phone\n4155550124\n", 1, ["phone"]),
        ("Wer,Wohin\nAnn,4155550123\nBob,4155550124\n", 1, ["Wer", "Wohin"]),
        ("sep=;\nname;phone\nAnn, Lee;4155550123\n", 2, ["name", "phone"]),
        ("name,phone,phone,,\nAnn,4155550123,4155550124,x,\n", 1,
         ["name", "phone", "phone (2)", "Column 4"]),
        ("phone,phone (2),phone\n1,2,3\n", 1, ["phone", "phone (2)", "phone (3)"]),
    ],
)  # fmt: skip
def test_the_header_is_found(write, text, header, columns):
    table = open_table(write(text))

    assert (table.header_row, table.columns) == (header, columns)
    assert next(table.rows()).line > header


def test_the_caller_may_know_better(write):
    path = write("phone;x\n415-555-0123,1;2\nname;x\n415-555-0124;3\n")

    table = open_table(path, encoding="cp1252", delimiter=",", header_line=2)

    assert (table.columns, table.encoding) == (["415-555-0123", "1;2"], "cp1252")
    assert [row.line for row in table.rows()] == [3, 4]
    assert open_table(path, header_line=0).columns == ["Column 1", "Column 2"]
    assert refusal(path, header_line=9) == (
        "line 9 holds no header: give the line of the column names, or 0"
    )


def test_300_columns_are_fine_and_1001_are_not(write):
    def wide(count):
        names = ",".join(f"c{i}x" for i in range(count))
        return write(f"{names}\n" + ",".join(["4155550123"] * count) + "\n")

    assert len(open_table(wide(300)).columns) == 300
    assert len(open_table(wide(1000)).columns) == 1000
    assert refusal(wide(1001)) == "the file has 1001 columns, over 1000: delete some"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf \r\n\n", "the file is empty"),
        (b"name,phone\n\n,\n", "no rows below its header (line 1)"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"MZ\x90\0\x03", "a Windows program"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "save it as XLSX or CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
         "the workbook has a password"),
        (b"\x1f\x8b\x08\0", "a gzip archive"),
        (bytes(range(256)) * 40, "the file is binary"),
        (b"<!DOCTYPE html><table><tr>", "a web page"),
        (b'[{"phone": "1"}]', "JSON"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_by_name(write, content, message):
    assert message in refusal(write(content))


def test_a_wrong_encoding_is_told(write):
    path = write(TWO)

    assert refusal(path, encoding="klingon") == (
        "unknown encoding 'klingon': give utf-8, utf-16 or cp1252"
    )
    assert refusal(path, encoding="utf-16").startswith("the file isn't in utf-16")
    assert refusal(path, encoding="hex").startswith("unknown encoding 'hex'")
    assert (
        refusal(path, delimiter=";;") == "';;' is no delimiter: give one character such as , or ;"
    )
    assert refusal(path.parent / "gone.csv") == "there is no file 'gone.csv': check the name"
