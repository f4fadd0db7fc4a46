"""An import before it starts: a file taken in once, its columns looked at, its mapping changed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.db import connection, transaction
from django.utils import timezone

from contacts.importing import files
from contacts.importing.fields import BY_NAME
from contacts.importing.guessing import guess
from contacts.importing.mapping import Mapping as ColumnMapping
from contacts.importing.mapping import NoPhoneColumn, header_key
from contacts.importing.service import NotPossible, check_mapping, create_import, delete_import
from contacts.importing.staging import Candidate, stager
from contacts.importing.table import FileRefused, Table
from contacts.models import Import, SavedMapping

# The same upload sent again within this time is a second click, not a second import.
TWICE = timedelta(seconds=60)
SAMPLE_ROWS, SHOWN_ROWS, SHOWN_VALUES = 100, 10, 3
# More selects on a page help nobody; a mapped column is always shown.
SHOWN_COLUMNS = 200
_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".zip")
_TAKING = 0xD4AF7


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file; `guess` is the field it looks like, `why` "header" or "values"."""

    at: int
    name: str
    values: list[str]
    guess: str = ""
    why: str = ""

    @property
    def guess_label(self) -> str:
        return BY_NAME[self.guess].label if self.guess else ""


@dataclass(frozen=True, slots=True)
class Look:
    """What a person sees of a draft's file; `hidden_count` columns are left off the page."""

    columns: list[Column]
    hidden_count: int
    notes: tuple[str, ...]
    remembered: SavedMapping | None


@contextmanager
def as_path(upload: UploadedFile[Any]) -> Iterator[Path]:
    """Give an upload a path under a name of ours, for the block's time; what is small is written,
    what is large lies on the disk already."""
    suffix = Path(upload.name or "").suffix.lower()
    with tempfile.TemporaryDirectory(prefix="switchboard-") as folder:
        path = Path(folder) / f"upload{suffix if suffix in _SUFFIXES else ''}"
        if isinstance(upload, TemporaryUploadedFile):
            path.symlink_to(upload.temporary_file_path())
        else:
            path.write_bytes(upload.read())
        yield path


def take_in(source: Path | str, *, name: str, user: User) -> Import:
    """Make a draft of a file or pasted text, with the rules last used for the same headers.

    The same upload twice within a minute is one draft. Raises FileRefused.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:  # one upload of a person at a time
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_TAKING, user.pk % 2**31])
        record = create_import(source, name=name, user=user)
        twin = _twin(record)
        if twin is not None:
            delete_import(record)
            return twin
        saved = remembered(record)
        if saved is not None:
            record.mode, record.region = saved.mode, saved.region
            record.save(update_fields=["mode", "region"])
    return record


def _twin(record: Import) -> Import | None:
    return (
        Import.objects.filter(
            created_by=record.created_by,
            digest=record.digest,
            name=record.name,
            state=Import.State.DRAFT,
            created_at__gte=timezone.now() - TWICE,
        )
        .exclude(pk=record.pk)
        .first()
    )


def remembered(record: Import) -> SavedMapping | None:
    """Return what was last chosen for these headers."""
    if not record.header_row:
        return None
    return SavedMapping.objects.filter(header_key=header_key(record.columns)).first()


def revise(
    record: Import,
    *,
    mapping: Mapping[str, int],
    mode: str,
    region: str,
    overwrite_human_edits: bool,
) -> None:
    """Change how a draft will be read. Raises ValueError for a wrong mapping, and NotPossible."""
    draft = Import.objects.filter(pk=record.pk, state=Import.State.DRAFT)
    if not draft.update(
        mapping=check_mapping(mapping, record.columns),
        mode=mode,
        region=region,
        overwrite_human_edits=overwrite_human_edits,
    ):
        raise NotPossible("this import has been started already")
    record.refresh_from_db()


def look(record: Import) -> Look:
    """Look at the file's columns: first values, and what each seems to be. Raises FileRefused."""
    table = open_copy(record)
    rows = [row.cells for row in islice(table.rows(), SAMPLE_ROWS) if not row.problem]
    try:
        guessed = guess(record.columns, rows, record.region)
    except NoPhoneColumn:
        guessed = ColumnMapping({})
    fields = {at: name for name, at in guessed.fields.items()}
    shown = sorted({*range(min(SHOWN_COLUMNS, len(record.columns))), *record.mapping.values()})
    columns = [
        Column(at, record.columns[at], _values(rows, at), fields.get(at, ""),
               guessed.why.get(fields.get(at, ""), ""))
        for at in shown
    ]  # fmt: skip
    hidden_count = len(record.columns) - len(shown)
    return Look(columns, hidden_count, guessed.notes, remembered(record))


def _values(rows: list[list[str]], at: int) -> list[str]:
    """The first values of a column, as short as a page can show them."""
    found = (" ".join(row[at].split())[:60] for row in rows if at < len(row))
    return list(islice(filter(None, found), SHOWN_VALUES))


def first_rows(record: Import, mapping: Mapping[str, int], region: str) -> list[Candidate]:
    """Return the first rows as this mapping reads them. Raises FileRefused."""
    stage = stager(mapping, region)
    return [stage(row) for row in islice(open_copy(record).rows(), SHOWN_ROWS)]


def open_copy(record: Import) -> Table:
    """Open our copy of the file. Raises FileRefused, also when the copy is gone."""
    try:
        return files.reopen(record)
    except OSError as error:
        raise FileRefused("our copy of the file is gone: upload it again") from error
