"""What a file is to the importer: columns, and rows that know their line."""

import csv
import io
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Literal

Format = Literal["csv", "tsv", "xlsx"]
MAX_COLUMNS = 1000


class FileRefused(ValueError):
    """The file can't be imported; the message says what is wrong with it and what to do."""


@dataclass(slots=True)
class SourceRow:
    """One record of the file.

    `line` is the physical line where the record starts (text) or the sheet's row number (XLSX),
    counted from 1. `problem` says why the row can't be used; `note` what was mended in a row that
    can. `raw` is the text of a row whose cells can't be told apart.
    """

    line: int
    cells: list[str]
    problem: str = ""
    note: str = ""
    raw: str = ""


Records = Generator[SourceRow, None, None]


@dataclass(frozen=True)
class Table:
    """A file that has been looked at; `rows` reads it from the start as often as it is called.

    `header_row` is the line of the header, 0 when there is none. `first_row` is the line of the
    first row that isn't blank.
    """

    format: Format
    header_row: int
    columns: list[str]
    first_row: int
    records: Callable[[], Records] = field(repr=False)
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""

    def rows(self, after_line: int = 0) -> Iterator[SourceRow]:
        """The rows below the header that start after a line, in the file's order.

        Blank rows between others come with the problem "blank row"; those before the first and
        after the last don't come at all. Raises FileRefused when the file turns out to be damaged.
        """
        width = len(self.columns)
        start = max(self.first_row - 1, after_line)
        first_blank = 0
        with closing(self.records()) as records:
            for row in records:
                if row.line <= start:
                    continue
                cells = row.cells
                if is_blank(cells) and not row.problem:
                    first_blank = first_blank or row.line
                    continue
                if first_blank:
                    for line in range(first_blank, row.line):
                        yield SourceRow(line, [], "blank row")
                    first_blank = 0
                if len(cells) > width and any(cells[width:]):
                    row.problem = row.problem or f"{len(cells)} cells under {width} columns"
                yield row

    def raw_text(self, row: SourceRow) -> str:
        """A row as it stands in the file, or as it would stand in a CSV file."""
        if row.raw or not row.cells:
            return row.raw
        line = io.StringIO()
        csv.writer(line, delimiter=self.delimiter or ",", lineterminator="").writerow(row.cells)
        return line.getvalue()


def is_blank(cells: list[str]) -> bool:
    """True when no cell holds anything but white space."""
    return not cells or (not cells[0].strip() and not "".join(cells).strip())


def column_names(cells: list[str], width: int) -> list[str]:
    """A name for each column, none twice: "Phone", "Phone (2)", "Column 3"."""
    names: list[str] = []
    taken: set[str] = set()
    for at in range(width):
        cell = cells[at] if at < len(cells) else ""
        name = base = " ".join(cell.replace("\0", "").replace("\ufeff", "").split())[:200]
        name = base = name or f"Column {at + 1}"
        repeat = 1
        while name in taken:
            repeat += 1
            name = f"{base} ({repeat})"
        taken.add(name)
        names.append(name)
    return names
