"""The formats of an export: each turns pages of rows into the bytes of a file, as they come."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from import_export.formats import base_formats

from contacts.exporting import as_text
from contacts.exports import workbook
from contacts.exports.resource import ContactResource, Row
from contacts.models import Export
from contacts.spreadsheet import defused

Pages = Iterable[Sequence[Row]]
Write = Callable[[ContactResource, Pages], Iterator[bytes]]

# Excel takes a file without it for one in the code page of the machine.
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Format:
    """`about` says to a person when it is the right one; `effort` is a row's time beside CSV's."""

    content_type: str
    about: str
    write: Write
    effort: int = 1


def _separated(delimiter: str) -> Write:
    def write(resource: ContactResource, pages: Pages) -> Iterator[bytes]:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter)
        writer.writerow(map(defused, resource.headings()))
        yield BOM + _taken(text)
        for rows in pages:
            writer.writerows([map(_cell, row) for row in rows])
            yield _taken(text)

    return write


def _taken(text: io.StringIO) -> bytes:
    taken = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return taken


def _cell(value: Any) -> str:
    return defused(value if type(value) is str else as_text(value))


def _json(resource: ContactResource, pages: Pages) -> Iterator[bytes]:
    """An array with a line for each contact, so that it can be read as it comes, too."""
    names, before = resource.names(), b"\n"
    yield b"["
    for rows in pages:
        yield before + b",\n".join([_object(names, row) for row in rows]) if rows else b""
        before = b",\n" if rows else before
    yield b"\n]\n"


def _json_lines(resource: ContactResource, pages: Pages) -> Iterator[bytes]:
    names = resource.names()
    for rows in pages:
        yield b"".join([_object(names, row) + b"\n" for row in rows])


def _object(names: Sequence[str], row: Row) -> bytes:
    return orjson.dumps(dict(zip(names, map(_plain, row), strict=True)))


def _plain(value: Any) -> Any:
    """Money and times as in CSV; what JSON has a type for stays what it is."""
    return as_text(value) if isinstance(value, Decimal | date) else value


FORMATS: Mapping[str, Format] = {
    Export.Format.CSV: Format(
        f"{base_formats.CSV().get_content_type()}; charset=utf-8",
        "Opens in Excel and everything else; UTF-8, with commas.",
        _separated(","),
    ),
    Export.Format.TSV: Format(
        f"{base_formats.TSV().get_content_type()}; charset=utf-8",
        "Like CSV, with tabs: for where a comma means something else.",
        _separated("\t"),
    ),
    Export.Format.XLSX: Format(
        base_formats.XLSX().get_content_type(),
        "An Excel workbook; numbers and codes are texts, nothing is rounded or cut. A sheet ends"
        f" at {workbook.SHEET_ROWS:,} rows: more contacts go on in a second one.",
        workbook.write,
        effort=5,
    ),
    Export.Format.JSON: Format(
        base_formats.JSON().get_content_type(), "One array of objects, for programs.", _json
    ),
    Export.Format.JSONL: Format(
        "application/jsonl; charset=utf-8",
        "One object a line, for programs that read as it comes.",
        _json_lines,
    ),
}
