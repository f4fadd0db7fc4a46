"""What people paste, and rows shown as they stood."""

import pytest

from contacts.importing.reading import FileRefused, open_table, open_text
from tests.contacts.importing.reading.tables import ANN, HEADER, cells


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
