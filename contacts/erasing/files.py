"""Files that hold a person: copies of what was imported, and exports that stand to be fetched.

A file is not rewritten, it goes whole: an import that is over never reads its copy again, and an
export can be made anew. What has been downloaded is out of our hands; the receipt says by whom.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from contacts.erasing.patterns import Patterns
from contacts.exports import files as exports
from contacts.importing import files as uploads
from contacts.models import Export, ExportDownload, Import

_BLOCK, _OVERLAP = 1 << 20, 400
_PACKED = (".zip", ".xlsx")
OPEN = (
    Import.State.DRAFT, Import.State.WAITING, Import.State.WORKING, Import.State.STOPPED,
    Import.State.FAILED,
)  # fmt: skip
FETCHED = "{what}: downloaded by {who} on {at:%d %b %Y}, which cannot be called back"


@dataclass(slots=True)
class Gone:
    """How many files went, what stays outside, and which imports still need theirs."""

    uploads: int = 0
    exports: int = 0
    kept: list[str] = field(default_factory=list)
    still: list[str] = field(default_factory=list)


def erase(patterns: Patterns) -> Gone:
    """Delete the files that hold the person, but for those that an import is not done with."""
    gone = Gone()
    if patterns:
        _uploads(patterns, gone)
        _exports(patterns, gone)
    return gone


def _uploads(patterns: Patterns, gone: Gone) -> None:
    for record in Import.objects.exclude(path="").order_by("pk"):
        path = settings.UPLOADS / record.path
        if not path.is_file() or not holds(path, patterns):
            continue
        if record.state in OPEN:
            gone.still.append(f"import {record.pk}, “{record.name}”")
        else:
            uploads.drop(record.path)
            gone.uploads += 1


def _exports(patterns: Patterns, gone: Gone) -> None:
    for export in Export.objects.filter(state=Export.State.DONE).exclude(file="").order_by("pk"):
        path = exports.path_of(export.file)
        if not path.is_file() or not holds(path, patterns):
            continue
        with transaction.atomic():
            rows = Export.objects.filter(pk=export.pk, state=Export.State.DONE)
            rows.update(state=Export.State.EXPIRED, file="")
            transaction.on_commit(partial(exports.drop, export.file))
        gone.exports += 1
        fetched = ExportDownload.objects.filter(export=export).order_by("pk")
        gone.kept += [
            FETCHED.format(what=f"export {export.pk}", who=one.username, at=one.at)
            for one in fetched
        ]


def holds(path: Path, patterns: Patterns) -> bool:
    """Tell whether a file names the person, also one that is packed; a broken one does not."""
    try:
        if path.suffix.lower() in _PACKED:
            return any(patterns.is_in(text) for text in _unpacked(path))
        with path.open("rb") as file:
            return any(patterns.is_in(text) for text in _texts(partial(file.read, _BLOCK)))
    except (OSError, zipfile.BadZipFile):
        return False


def _unpacked(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            with archive.open(member) as file:
                yield from _texts(partial(file.read, _BLOCK))


def _texts(read: partial[bytes]) -> Iterator[str]:
    """Yield blocks as text, each with the end of the one before; of UTF-16 the plain letters."""
    tail = ""
    while block := read():
        text = tail + block.replace(b"\0", b"").decode("utf-8", "replace")
        yield text
        tail = text[-_OVERLAP:]
