"""Text in every encoding and dialect, with quotes that nobody closed."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.importing.reading import FileRefused, SourceRow, open_table
from contacts.importing.text import CELL_LIMIT, LINE_LIMIT, MENDED, TOO_BIG, TOO_LONG, UNCLOSED
from tests.contacts.importing.reading.tables import ANN, BOB, HEADER, TWO, cells


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
