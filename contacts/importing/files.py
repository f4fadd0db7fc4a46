"""Our own copy of what was uploaded: an import reads it as often as it has to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

from django.conf import settings

from contacts.importing.reading import FileRefused, open_table, open_text
from contacts.importing.table import Table

_BLOCK = 1 << 20
# Pasted text is read as numbers in a row as well as a table, see `open_text`.
_PASTED = ".pasted"
_ARCHIVES = (".xlsx", ".zip")


class Kept(Protocol):
    """A row that remembers its copy and how that was read the first time."""

    path: str
    encoding: str
    delimiter: str
    header_row: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A file in the uploads; `name` is relative to them, `line_count` 0 where it can't be told."""

    name: str
    digest: str
    size_bytes: int
    line_count: int

    def table(self) -> Table:
        return _open(self.name)


@contextmanager
def keep(source: Path | str) -> Iterator[Copy]:
    """Copy a file, or pasted text, into the uploads; an error in the block removes the copy."""
    name = f"{uuid4().hex}{_PASTED if isinstance(source, str) else source.suffix.lower()[:10]}"
    settings.UPLOADS.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        yield _copy(source, name)
    except BaseException:
        drop(name)
        raise


def _copy(source: Path | str, name: str) -> Copy:
    target = settings.UPLOADS / name
    if isinstance(source, str):
        target.write_text(source, encoding="utf-8", errors="replace", newline="")
        with target.open("rb") as file:
            digest, size, lines = _measure(file)
        return Copy(name, digest, size, lines)
    try:
        with source.open("rb") as file, target.open("wb") as copy:
            digest, size, lines = _measure(file, copy)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise FileRefused(f"{source} can't be read ({error.strerror}): check the name") from error
    return Copy(name, digest, size, 0 if source.suffix.lower() in _ARCHIVES else lines)


def _measure(file: BinaryIO, copy: BinaryIO | None = None) -> tuple[str, int, int]:
    digest, size, lines, last = hashlib.sha256(), 0, 0, b""
    while block := file.read(_BLOCK):
        digest.update(block)
        size += len(block)
        lines += block.count(b"\n")
        last = block[-1:]
        if copy is not None:
            copy.write(block)
    is_unended = last not in (b"", b"\n")
    return digest.hexdigest(), size, lines + is_unended


def reopen(record: Kept) -> Table:
    """Open a copy as it was read the first time. Raises FileRefused."""
    return _open(record.path, record)


def _open(name: str, record: Kept | None = None) -> Table:
    path = settings.UPLOADS / name
    if path.suffix == _PASTED:
        return open_text(path.read_text(encoding="utf-8"))
    if record is None:
        return open_table(path)
    return open_table(
        path,
        encoding=record.encoding or None,
        delimiter=record.delimiter or None,
        header_line=record.header_row,
    )


def drop(name: str) -> None:
    """Delete a copy; one that is gone is no error."""
    (settings.UPLOADS / name).unlink(missing_ok=True)
