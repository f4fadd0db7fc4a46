"""Files of exports: written beside their place and moved there, so that none is found half."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings

from contacts.models import Export

# What nobody has touched for so long was left by somebody who died.
ORPHAN_S = 3600.0


class Draft:
    """A file that is being written: `keep` moves it to its place and returns its size."""

    def __init__(self, suffix: str) -> None:
        settings.EXPORTS.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.name = f"{uuid4().hex}.{suffix}"
        self._path = settings.EXPORTS / f".{self.name}.part"
        self.file: BinaryIO = self._path.open("xb")

    def keep(self) -> int:
        self.file.close()
        size: int = self._path.stat().st_size
        self._path.replace(path_of(self.name))
        return size

    def discard(self) -> None:
        """Delete what was written; nothing happens where it was kept."""
        self.file.close()
        self._path.unlink(missing_ok=True)


@contextmanager
def drafted(suffix: str) -> Iterator[Draft]:
    """A draft that is gone at the end of the block, unless it was kept."""
    draft = Draft(suffix)
    try:
        yield draft
    finally:
        draft.discard()


def path_of(name: str) -> Path:
    where: Path = settings.EXPORTS / name
    return where


def drop(name: str) -> None:
    """Delete a file; one that is gone is no error."""
    if name:
        path_of(name).unlink(missing_ok=True)


def drop_orphans() -> int:
    """Delete what lies among the exports and no export names; return how many files."""
    oldest = time.time() - ORPHAN_S
    old = [path for path in settings.EXPORTS.rglob("*") if _is_older(path, oldest)]
    named = Export.objects.filter(file__in=[path.name for path in old])
    kept = set(named.values_list("file", flat=True))
    orphans = [path for path in old if path.is_file() and path.name not in kept]
    for path in orphans:
        path.unlink(missing_ok=True)
    for path in old:
        if path.is_dir():
            with suppress(OSError):  # something newer lies in it
                path.rmdir()
    return len(orphans)


def _is_older(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:  # somebody has just finished with it
        return False
