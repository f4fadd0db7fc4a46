"""Opens what people call a list of contacts: CSV, TSV, XLSX, a zip of one of them, pasted text."""

import csv
import io
import os
import re
import shutil
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from contacts.importing import archive, sniffing, workbook
from contacts.importing.table import (
    MAX_COLUMNS,
    FileRefused,
    Format,
    Records,
    SourceRow,
    Table,
    column_names,
    is_blank,
)
from contacts.importing.text import read_records

__all__ = ["FileRefused", "SourceRow", "Table", "open_table", "open_text"]

Opener = Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the caller knows already; None is found out."""

    encoding: str | None = None
    delimiter: str | None = None
    header_line: int | None = None


_SAMPLE_ROWS = 60
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ITEM = re.compile(r"[,;\n]+(?!\s*(?:ext|x\s*\d|#))", re.IGNORECASE)
_NUMBER = re.compile(r"(?:\D*\d){5,}\D*")


def open_table(
    path: str | os.PathLike[str],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_line: int | None = None,
) -> Table:
    """Recognises a file and refuses what can't be imported.

    What is not given is found out: encoding, delimiter and the header's line (0: there is none).
    Raises FileRefused.
    """
    source = Path(path)
    if not source.is_file():
        raise FileRefused(f"there is no file {source.name!r}: check the name")
    return _open(lambda: source.open("rb"), _Wanted(encoding, delimiter, header_line))


def open_text(text: str) -> Table:
    """Pasted text: a table as spreadsheets copy it, or numbers separated by lines, , or ;

    Of mere numbers, `line` counts the numbers.
    """
    items = [item.strip() for item in _ITEM.split(text.replace("\r", "\n")) if item.strip()]
    if "\t" not in text and _are_numbers(items):
        one_a_line = io.StringIO()
        csv.writer(one_a_line, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
            [item] for item in items
        )
        text = one_a_line.getvalue()
    data = text.encode("utf-8", "replace")
    return _open(lambda: io.BytesIO(data), _Wanted("utf-8"))


def _are_numbers(items: list[str]) -> bool:
    sample = items[:200]
    return sum(_NUMBER.fullmatch(item) is not None for item in sample) * 2 >= len(sample) > 0


def _open(opener: Opener, wanted: _Wanted) -> Table:
    with opener() as file:
        head = file.read(sniffing.HEAD_BYTES)
    if head.startswith(_ZIP):
        return _open_zip(opener, wanted)
    return _open_text_file(opener, head, wanted)


def _open_zip(opener: Opener, wanted: _Wanted) -> Table:
    with opener() as file, archive.open_archive(file) as packed:
        if archive.is_workbook(packed):
            archive.check_workbook(packed)
            return _open_workbook(opener, wanted)
        member = archive.only_member(packed)

    def open_member() -> BinaryIO:
        return cast(BinaryIO, _Member(opener, member.filename))

    with open_member() as inner:
        head = inner.read(sniffing.HEAD_BYTES)
    if not head.startswith(_ZIP):
        return _open_text_file(open_member, head, wanted)
    unpacked = _unpack(open_member)
    with unpacked() as file, archive.open_archive(file) as nested:
        if not archive.is_workbook(nested):
            raise FileRefused("the archive holds another archive: pack the table itself")
        archive.check_workbook(nested)
    return _open_workbook(unpacked, wanted)


class _Member(io.RawIOBase):
    """A packed file as a stream of bytes; closes its archive with itself."""

    def __init__(self, opener: Opener, name: str) -> None:
        self._file = opener()
        try:
            self._archive = archive.open_archive(self._file)
            self._stream = self._archive.open(name)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, FileRefused) as error:
            self._file.close()
            raise FileRefused(f"the archive can't be unpacked ({error}): pack it again") from error

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise FileRefused(f"the archive is damaged ({error}): pack the file again") from error

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._archive.close()
            self._file.close()
        super().close()


def _unpack(opener: Opener) -> Opener:
    """A workbook is read from the middle and the end: it needs a file of its own, for a while."""
    descriptor, name = tempfile.mkstemp(suffix=".xlsx")
    with opener() as packed, open(descriptor, "wb") as file:
        shutil.copyfileobj(packed, file)

    def open_copy() -> BinaryIO:
        return open(name, "rb")

    weakref.finalize(open_copy, os.unlink, name)
    return open_copy


def _open_text_file(opener: Opener, head: bytes, wanted: _Wanted) -> Table:
    sniffing.refuse_other_kinds(head)
    found = sniffing.detect_encoding(head, wanted.encoding)
    sample = sniffing.decode_sample(head, found)
    cut = wanted.delimiter or sniffing.detect_delimiter(sample.lstrip("\ufeff"))
    if len(cut) != 1 or cut in '"\r\n':
        raise FileRefused(f"{cut!r} is no delimiter: give one character such as , or ;")

    def records() -> Records:
        return read_records(opener, found, cut)

    kind: Format = "tsv" if cut == "\t" else "csv"
    return _lay_out(records, wanted, kind, encoding=found, delimiter=cut)


def _open_workbook(opener: Opener, wanted: _Wanted) -> Table:
    sheet = workbook.first_sheet(opener)

    def records() -> Records:
        return workbook.read_sheet(opener, sheet)

    return _lay_out(records, wanted, "xlsx", sheet=sheet)


def _lay_out(
    records: Callable[[], Records],
    wanted: _Wanted,
    kind: Format,
    **known: str,
) -> Table:
    """Finds header, columns and the first row."""
    with closing(records()) as every:
        sample = list(islice(every, _SAMPLE_ROWS))
        if sample and sniffing.is_sep_line(sample[0]):
            sample[0].cells = []
        header = wanted.header_line
        header = sniffing.find_header(sample) if header is None else header
        cells = _header_cells(sample, header)
        below = [row for row in sample if row.line > header]
        first = next((row for row in below if not is_blank(row.cells) or row.problem), None)
        if first is None:
            first = next((row for row in every if not is_blank(row.cells) or row.problem), None)
    if first is None:
        what = f"no rows below its header (line {header})" if header else "no rows"
        raise FileRefused(f"the file has {what}: fill in at least one, or check the sheet")
    used = max((at + 1 for at, cell in enumerate(cells) if cell.strip()), default=0)
    width = max(used, sniffing.usual_width(below) if header else _widest(below))
    if width > MAX_COLUMNS:
        raise FileRefused(f"the file has {width} columns, over {MAX_COLUMNS}: delete some")
    columns = column_names(cells, width)
    return Table(kind, header, columns, first.line, records, **known)


def _header_cells(sample: list[SourceRow], header: int) -> list[str]:
    if not header:
        return []
    for row in sample:
        if row.line == header and not is_blank(row.cells):
            return row.cells
    raise FileRefused(f"line {header} holds no header: give the line of the column names, or 0")


def _widest(rows: list[SourceRow]) -> int:
    return max((len(row.cells) for row in rows), default=1) or 1
