"""Reads the first sheet with rows of an XLSX workbook, row by row."""

import zipfile
from collections.abc import Callable, Generator, Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from contacts.importing.table import MAX_COLUMNS, FileRefused, SourceRow
from contacts.importing.text import CELL_LIMIT, TOO_BIG

# Excel's own last row; a sheet that claims more is made up.
_LAST_ROW = 1_048_576
_ROWS_TRIED = 100
_ERRORS = frozenset(
    ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!")
)
_DAMAGE = (
    InvalidFileException, ParseError, zipfile.BadZipFile,
    KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, OSError,
)  # fmt: skip


def first_sheet(open_bytes: Callable[[], BinaryIO]) -> str:
    """The name of the first visible sheet that isn't empty; FileRefused when there is none."""
    with open_bytes() as file:
        try:
            book = load_workbook(file, read_only=True, data_only=True)
            visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            filled = (sheet.title for sheet in visible if _has_values(sheet))
            name: str | None = next(filled, None)
            book.close()
        except _DAMAGE as error:
            raise _damaged(error) from error
    if name is None:
        raise FileRefused("the workbook has no visible sheet with rows: unhide it, or save as CSV")
    return name


def read_sheet(open_bytes: Callable[[], BinaryIO], sheet: str) -> Generator[SourceRow, None, None]:
    """All rows of a sheet, blank ones too, as text."""
    with open_bytes() as file:
        line = 0
        try:
            book = load_workbook(file, read_only=True, data_only=True)
            for line, values in enumerate(_values(book[sheet]), 1):
                cells = [_text(value) for value in values]
                if any(len(cell) > CELL_LIMIT for cell in cells):
                    yield SourceRow(line, [], TOO_BIG, raw="\t".join(c[:500] for c in cells)[:2000])
                else:
                    yield SourceRow(line, cells)
            book.close()
        except _DAMAGE as error:
            raise _damaged(error, line) from error


def _values(sheet: Any) -> Iterator[tuple[Any, ...]]:
    # The size that a sheet claims may be wrong, and openpyxl would pad every row to it.
    sheet.reset_dimensions()
    for values in islice(sheet.iter_rows(values_only=True), _LAST_ROW):
        if len(values) <= MAX_COLUMNS:
            yield values
        else:
            yield values[: _width(values)]


def _width(values: tuple[Any, ...]) -> int:
    return next((at + 1 for at in reversed(range(len(values))) if values[at] is not None), 0)


def _has_values(sheet: Any) -> bool:
    return any(v is not None for row in islice(_values(sheet), _ROWS_TRIED) for v in row)


def _text(value: Any) -> str:
    """A cell as a person reads it: 14155550123.0 without its decimals, dates in ISO form."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "" if value in _ERRORS else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime) and value.time() == time.min:
        value = value.date()
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def _damaged(error: BaseException, line: int = 0) -> FileRefused:
    where = f" below row {line}" if line else ""
    return FileRefused(
        f"the workbook can't be read{where} ({type(error).__name__}): "
        "open it, save it again, or save it as CSV"
    )
