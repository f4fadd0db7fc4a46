"""Writes an Excel workbook row by row; it is whole only at the end, so it goes through a file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.conf import settings

from contacts.spreadsheet import defused

if TYPE_CHECKING:
    from contacts.exports.resource import ContactResource, Row

# Excel's own limit, the heading included.
SHEET_ROWS = 1_048_576
_BLOCK = 1 << 20
# Rows are kept in a file until the workbook is closed; what looks like a formula stays a text.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "use_zip64": True,  # where a sheet is longer than 4 GiB
}
_COLUMN_WIDTH = 18

Put = Callable[[int, int, Any], Any]


def write(
    resource: ContactResource, pages: Iterable[Sequence[Row]], sheet_rows: int = SHEET_ROWS
) -> Iterator[bytes]:
    """Yield the workbook's bytes; a sheet that is full is followed by another."""
    settings.EXPORTS.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".workbook-", dir=settings.EXPORTS) as folder:
        path = Path(folder) / "contacts.xlsx"
        book = xlsxwriter.Workbook(path, {**_OPTIONS, "tmpdir": folder})
        try:
            _fill(book, resource.headings(), pages, sheet_rows)
        except BaseException:  # `close` would pack what nobody wants
            for sheet in book.worksheets():
                sheet.row_data_fh.close()
            raise
        book.close()
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block


def _fill(
    book: xlsxwriter.Workbook,
    headings: Sequence[str],
    pages: Iterable[Sequence[Row]],
    sheet_rows: int,
) -> None:
    formats = _Formats(book)
    put, at = formats.sheet("Contacts", headings), 1
    sheets = 1
    for rows in pages:
        for row in rows:
            if at == sheet_rows:
                sheets += 1
                put, at = formats.sheet(f"Contacts {sheets}", headings), 1
            for column, value in enumerate(row):
                if value is not None and value != "":
                    put[type(value)](at, column, value)
            at += 1


class _Formats:
    """How a value of each type is put into a sheet: texts as texts, dates and money as such."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._heading = book.add_format({"bold": True})
        # Excel's own apostrophe: what is edited by hand stays a text, too.
        self._quoted = book.add_format({"quote_prefix": True})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._money = book.add_format({"num_format": "0.0000"})

    def sheet(self, name: str, headings: Sequence[str]) -> dict[type, Put]:
        """Begin a sheet, and return how values are put into it."""
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headings) - 1, _COLUMN_WIDTH)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, self._heading)

        def text(row: int, column: int, value: str) -> None:
            is_plain = defused(value) is value and value[0] != "+"
            sheet.write_string(row, column, value, None if is_plain else self._quoted)

        def moment(row: int, column: int, value: datetime) -> None:
            whole = value.astimezone(UTC).replace(microsecond=0, tzinfo=None)
            sheet.write_datetime(row, column, whole, self._moment)

        def day(row: int, column: int, value: date) -> None:
            sheet.write_datetime(row, column, value, self._day)

        def money(row: int, column: int, value: Decimal) -> None:
            sheet.write_number(row, column, value, self._money)

        return {
            str: text, bool: sheet.write_boolean, int: sheet.write_number,
            float: sheet.write_number, datetime: moment, date: day, Decimal: money,
        }  # fmt: skip
