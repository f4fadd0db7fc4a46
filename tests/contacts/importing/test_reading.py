"""Files as people send them, and files that nobody should open."""

import csv
import datetime
import io
import os
import tracemalloc
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.importing.reading import FileRefused, SourceRow, open_table, open_text
from contacts.importing.text import CELL_LIMIT, LINE_LIMIT, MENDED, TOO_BIG, TOO_LONG, UNCLOSED

HEADER = "name,phone\n"
ANN = ["Ann Lee", "+1 415 555 0123"]
BOB = ["Bob Ray", "+1 415 555 0124"]
TWO = HEADER + "Ann Lee,+1 415 555 0123\nBob Ray,+1 415 555 0124\n"


@pytest.fixture
def write(tmp_path):
    def write(content, name="list.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def write_book(tmp_path):
    def write_book(*rows, name="list.xlsx", prepare=None):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        if prepare:
            prepare(book)
        book.save(tmp_path / name)
        return tmp_path / name

    return write_book


@pytest.fixture
def write_zip(tmp_path):
    def write_zip(members, name="list.zip"):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as packed:
            for member, content in members.items():
                packed.writestr(member, content)
        return tmp_path / name

    return write_zip


def cells(table):
    return [row.cells for row in table.rows()]


def refusal(path, **wanted):
    with pytest.raises(FileRefused) as refused:
        list(open_table(path, **wanted).rows())
    return str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_dialects_and_encodings_are_recognised(write, encoding, delimiter):
    text = TWO.replace(",", delimiter).replace("Ann", "Zoë")

    table = open_table(write(text.encode(encoding)))

    assert (table.delimiter, table.encoding) == (delimiter, encoding)
    assert (table.columns, table.header_row) == (["name", "phone"], 1)
    assert cells(table) == [["Zoë Lee", ANN[1]], BOB]
    assert table.format == ("tsv" if delimiter == "\t" else "csv")


def test_cp1252_is_what_remains(write):
    table = open_table(write(TWO.replace("Ann", "Zoë €").encode("cp1252")))

    assert table.encoding == "cp1252"
    assert cells(table)[0] == ["Zoë € Lee", ANN[1]]


def test_a_stray_byte_deep_in_a_utf_8_file_loses_no_row(write):
    filler = "Zoë Lee,+1 415 555 0123\n" * 20_000
    path = write(HEADER.encode() + filler.encode() + b"Jos\xe9 Ray,+1 415 555 0124\n")

    table = open_table(path)
    last = list(table.rows())[-1]

    assert table.encoding == "utf-8"
    assert last == SourceRow(20_002, ["José Ray", "+1 415 555 0124"], note=MENDED)
    assert [row.line for row in table.rows() if row.note] == [20_002]


def test_a_file_of_ascii_that_turns_cp1252_later_is_read_right(write):
    path = write(HEADER.encode() + b"Ann Lee,1\n" * 40_000 + b"Ren\xe9e \x80,2\n")

    assert cells(open_table(path))[-1] == ["Renée €", "2"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_through_quoted_newlines_and_delimiters(write, newline):
    text = HEADER + '"Lee, Ann\nMarie",1\n"say ""hi""",2\nBob,3'

    rows = list(open_table(write(text.replace("\n", newline))).rows())

    assert rows == [
        SourceRow(2, ["Lee, Ann\nMarie", "1"]),
        SourceRow(4, ['say "hi"', "2"]),
        SourceRow(5, ["Bob", "3"]),
    ]


def test_reading_goes_on_below_any_line(write):
    table = open_table(write(HEADER + '"a\nb",1\n\nc,2\n\n\nd,3\n\n\n'))
    rows = list(table.rows())

    assert [row.line for row in rows] == [2, 4, 5, 6, 7, 8]
    for at, row in enumerate(rows):
        assert list(table.rows(after_line=row.line)) == rows[at + 1 :]


def test_blank_rows_are_kept_in_the_middle_only(write):
    rows = list(open_table(write(HEADER + "\nAnn,1\n,\n   ,\t\nBob,2\n\n,,\n")).rows())

    assert [(row.line, row.problem) for row in rows] == [
        (3, ""),
        (4, "blank row"),
        (5, "blank row"),
        (6, ""),
    ]


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t")),
                 min_size=2, max_size=4),
        min_size=1, max_size=8,
    )
)  # fmt: skip
def test_what_csv_has_written_comes_back_cell_by_cell(tmp_path_factory, rows):
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [["first name", "phone", "city", "state"], *([*r, "415555"] for r in rows), ["x", "415555"]]
    )
    path = tmp_path_factory.mktemp("csv") / "list.csv"
    path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")

    table = open_table(path, encoding="utf-8", delimiter=",", header_line=1)

    assert [row.cells for row in table.rows()][:-1] == [[*row, "415555"] for row in rows]


@given(st.binary(max_size=3000))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("junk") / "list.csv"
    path.write_bytes(content)

    try:
        lines = [row.line for row in open_table(path).rows()]
    except FileRefused as refused:
        assert str(refused)
    else:
        assert lines == sorted(set(lines)) != []


@given(st.text('",;\n\t ab1', max_size=200))
def test_whatever_the_quotes_do_no_line_is_lost(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("quotes") / "list.csv"
    path.write_text("phone,name\n" + text + "\n415555,last\n", newline="")

    rows = list(open_table(path, delimiter=",", header_line=1).rows())

    read = "".join(row.raw + "".join(row.cells) for row in rows)
    for letter in "ab1;":
        assert read.count(letter) == (text + "\n415555,last\n").count(letter)


def test_an_unclosed_quote_costs_its_line_and_no_other(write):
    good = "Ann Lee,+1 415 555 0123\n"
    path = write(HEADER + good + '5,"12 inch,x\n' + good * 3000 + '"Bob Ray,1\n')

    rows = list(open_table(path).rows())

    assert len(rows) == 3003
    assert [row for row in rows if row.problem] == [
        SourceRow(3, [], UNCLOSED, raw='5,"12 inch,x'),
        SourceRow(3004, [], UNCLOSED, raw='"Bob Ray,1'),
    ]


def test_sloppy_quotes_within_a_line_are_read(write):
    rows = cells(open_table(write(HEADER + '"Ann" Lee,1\n5" pipe,2\n"a" ,3\n')))

    assert rows == [["Ann Lee", "1"], ['5" pipe', "2"], ["a ", "3"]]


@pytest.mark.parametrize(
    ("huge", "problem"),
    [
        ("x" * (10 << 20), TOO_LONG),
        ('"' + "x" * (10 << 20) + '"', TOO_LONG),
        ("x" * (CELL_LIMIT + 1), TOO_BIG),
        ("x," * LINE_LIMIT, TOO_LONG),
    ],
)
def test_a_huge_cell_costs_its_row_only(write, huge, problem):
    rows = list(open_table(write(f"{HEADER}Ann,1\n{huge},2\nBob,3\n")).rows())

    assert [row.cells for row in rows] == [["Ann", "1"], [], ["Bob", "3"]]
    assert (rows[1].line, rows[1].problem) == (3, problem)
    assert 0 < len(rows[1].raw) <= 2000


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


@pytest.mark.parametrize(
    ("text", "header", "rows"),
    [
        ("415-555-0123\n415-555-0124", 0, [["415-555-0123"], ["415-555-0124"]]),
        ("phone\r\n415-555-0123\r\n", 1, [["415-555-0123"]]),
        ("415-555-0123, 415-555-0124;x1", 0, [["415-555-0123"], ["415-555-0124;x1"]]),
        ("415-555-0123, ext. 7, 415-555-0124", 0, [["415-555-0123, ext. 7"], ["415-555-0124"]]),
        ('415 "cell" 555 0123', 0, [['415 "cell" 555 0123']]),
        ("name\tphone\nAnn Lee\t+1 415 555 0123", 1, [ANN]),
        ("name;phone\nAnn Lee;+1 415 555 0123\n", 1, [ANN]),
    ],
)
def test_pasted_text_is_a_table_too(text, header, rows):
    table = open_text(text)

    assert (table.header_row, cells(table)) == (header, rows)


def test_nothing_pasted_is_refused():
    with pytest.raises(FileRefused, match="empty"):
        open_text(" \n ")


def test_a_row_can_be_shown_as_it_stood(write):
    table = open_table(write(HEADER + '"Lee, Ann",1\n5,"x\n' + "a,b\n" * 1100))

    assert [table.raw_text(row) for row in list(table.rows())[:2]] == ['"Lee, Ann",1', '5,"x']
