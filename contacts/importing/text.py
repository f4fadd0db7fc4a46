"""Splits a text file into records, whatever its quotes do, in memory that doesn't grow with it."""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Callable, Generator, Iterator
from typing import BinaryIO

from contacts.importing.table import SourceRow

# csv's own default; it is the process's, and others may have raised it.
CELL_LIMIT = 131_072
LINE_LIMIT = 1 << 20
# A quote that is never closed would swallow the file; no contact has more lines than this.
RECORD_LINES = 1000
_RAW_KEPT = 2000
_BLOCK = 1 << 18
# In a quoted cell or outside, csv's strict mode calls this an error.
_SPOILER = '"a"x\n'
_UNREAD_BYTE = re.compile("[\udc80-\udcff]")
_REPLACED = re.compile("\ufffd")

UNCLOSED = "a quote is opened and not closed"
TOO_LONG = f"a line of more than {LINE_LIMIT:,} characters"
TOO_BIG = f"a cell of more than {CELL_LIMIT:,} characters"
MENDED = "bytes that don't fit the file's encoding were read as Windows-1252"


class _Overlong(str):
    """Stands for a line too long to be read; holds its beginning."""

    __slots__ = ("beginning",)
    beginning: str


def read_records(
    open_bytes: Callable[[], BinaryIO], encoding: str, delimiter: str
) -> Generator[SourceRow, None, None]:
    """All records of a text file, title lines, header and blank ones too.

    A record that can't be told apart comes with a problem and its raw text, and reading goes on at
    the next physical line.
    """
    csv.field_size_limit(CELL_LIMIT)
    mended: set[int] = set()
    with open_bytes() as file:
        yield from _split(_physical_lines(file, encoding, mended), delimiter, mended)


def _split(lines: Iterator[str], delimiter: str, mended: set[int]) -> Iterator[SourceRow]:
    pending: list[str] = []
    pushed_back: deque[str] = deque()

    def feed() -> Iterator[str]:
        while pushed_back:
            pending.append(pushed_back.popleft())
            yield _SPOILER if len(pending) > RECORD_LINES else pending[-1]
        for line in lines:
            pending.append(line)
            yield line if len(pending) <= RECORD_LINES else _SPOILER

    line = 1
    while True:
        try:
            for cells in csv.reader(feed(), delimiter=delimiter, strict=True):
                row = SourceRow(line, cells)
                if mended:
                    _note_mended(row, len(pending), mended)
                yield row
                line += len(pending)
                pending.clear()
            return
        except csv.Error as error:
            yield _mend(line, pending, delimiter, error)
            line += 1
            pushed_back.extendleft(reversed(pending[1:]))
            pending.clear()


def _mend(line: int, pending: list[str], delimiter: str, error: csv.Error) -> SourceRow:
    """The first line of a record that strict CSV can't read: loosely read, or refused."""
    first = pending[0]
    if isinstance(first, _Overlong):
        return SourceRow(line, [], TOO_LONG, raw=first.beginning)
    raw = first[:_RAW_KEPT].rstrip("\n")
    if "field limit" in str(error):
        return SourceRow(line, [], TOO_BIG, raw=raw)
    try:
        cells = next(csv.reader([first], delimiter=delimiter))
    except csv.Error:
        return SourceRow(line, [], TOO_BIG, raw=raw)
    if cells[-1].endswith("\n"):
        return SourceRow(line, [], UNCLOSED, raw=raw)
    return SourceRow(line, cells)


def _note_mended(row: SourceRow, lines: int, mended: set[int]) -> None:
    hit = mended.intersection(range(row.line, row.line + lines))
    if hit:
        row.note = MENDED
        mended -= hit


def _physical_lines(file: BinaryIO, encoding: str, mended: set[int]) -> Iterator[str]:
    """Lines that end in "\\n", however they ended in the file."""
    wide = encoding.startswith(("utf-16", "utf-32"))
    unread = _REPLACED if wide else _UNREAD_BYTE
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(encoding)("replace" if wide else "surrogateescape"),
        translate=True,
    )
    tail, done, final = "", 0, False
    while not final:
        block = file.read(_BLOCK)
        final = not block
        text = tail + decoder.decode(block, final=final)
        lines = io.StringIO(text).readlines()
        tail = lines.pop() if lines and not lines[-1].endswith("\n") else ""
        if final and tail:
            lines.append(tail + "\n")
        if not text.isascii() and unread.search(text):
            _mend_bytes(lines, done, unread, mended)
        yield from lines
        done += len(lines)
        if len(tail) > LINE_LIMIT:
            yield _overlong(tail)
            tail = _skip_line(file, decoder)
            done += 1


def _mend_bytes(lines: list[str], done: int, unread: re.Pattern[str], mended: set[int]) -> None:
    for at, line in enumerate(lines):
        if unread.search(line):
            lines[at] = _UNREAD_BYTE.sub(_as_cp1252, line)
            mended.add(done + at + 1)


def _as_cp1252(match: re.Match[str]) -> str:
    return bytes([ord(match.group()) - 0xDC00]).decode("cp1252", "replace")


def _overlong(line: str) -> _Overlong:
    stand_in = _Overlong(_SPOILER)
    stand_in.beginning = _UNREAD_BYTE.sub(_as_cp1252, line[:_RAW_KEPT])
    return stand_in


def _skip_line(file: BinaryIO, decoder: io.IncrementalNewlineDecoder) -> str:
    """Reads on to the end of the line, and gives what was read beyond it."""
    while block := file.read(_BLOCK):
        _, newline, rest = decoder.decode(block).partition("\n")
        if newline:
            return rest
    return ""
