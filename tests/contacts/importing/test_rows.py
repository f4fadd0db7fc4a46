"""Rows as a mapping reads them: clean, cut where they are too long, and shown beforehand."""

from hypothesis import given
from hypothesis import strategies as st

from contacts.importing.fields import BY_NAME
from contacts.importing.guessing import guess
from contacts.importing.mapping import (
    Mapping,
    compile_reader,
    preview,
)
from contacts.importing.reading import open_text


def test_rows_are_read_clean():
    mapping = Mapping({"phone": 2, "full_name": 0, "city": 7})

    row = compile_reader(mapping)(["  Ann\n\u00a0 Lee\0 ", "x", "415-555-0123"])

    assert row == {"phone": "415-555-0123", "full_name": "Ann Lee", "city": ""}


def test_what_turns_the_text_around_it_is_left_out():
    mapping = Mapping({"phone": 0, "full_name": 1})

    row = compile_reader(mapping)(["+14155550100", "\u202bנועה\u202c \u202egnp.exe"])

    assert row["full_name"] == "נועה gnp.exe"


def test_a_value_too_long_is_cut_and_said():
    read = compile_reader(Mapping({"phone": 0, "company": 1, "city": 2}))

    row = read(["1", "c" * 5000, "d" * 201])

    assert row["cut"] == "company, city"
    assert (len(row["company"]), len(row["city"])) == (BY_NAME["company"].limit, 100)


@given(st.lists(st.text(), max_size=4))
def test_any_row_can_be_read(cells):
    row = compile_reader(Mapping({"phone": 0, "notes": 2, "email": 9}))(cells)

    assert {"phone", "notes", "email"} <= set(row)
    assert all("\0" not in value and value == value.strip() for value in row.values())


def test_the_preview_shows_each_row_as_it_will_be_read():
    table = open_text(
        "name\tphone\text\nAnn\t415-555-0123 x9\t\n\t\nBob\t123\t\nCid\t5555555555\t7"
    )
    mapping = guess(table.columns, [row.cells for row in table.rows()], "US")

    shown = preview(table, mapping, "US")

    assert shown[0] == {
        "line": 2,
        "phone": "415-555-0123 x9",
        "phone_ext": "9",
        "full_name": "Ann",
        "e164": "+14155550123",
        "country_of_number": "US",
        "is_valid": True,
        "refused": "",
    }
    assert [row["refused"] for row in shown] == ["", "blank row", "too short: 3 digits", ""]
    assert (shown[3]["phone_ext"], shown[3]["is_valid"]) == ("7", False)
    assert len(preview(table, mapping, "US", n=1)) == 1
