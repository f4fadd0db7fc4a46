"""What a table is read as, and two people who stand in one."""

import pytest

from contacts.importing.reading import FileRefused, open_table

HEADER = "name,phone\n"
ANN = ["Ann Lee", "+1 415 555 0123"]
BOB = ["Bob Ray", "+1 415 555 0124"]
TWO = HEADER + "Ann Lee,+1 415 555 0123\nBob Ray,+1 415 555 0124\n"


def cells(table):
    return [row.cells for row in table.rows()]


def refusal(path, **wanted):
    with pytest.raises(FileRefused) as refused:
        list(open_table(path, **wanted).rows())
    return str(refused.value)
