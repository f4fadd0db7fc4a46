"""What one can do with an import: create it from a file or a paste, start it, read its rejects."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from contacts.importing import files, work
from contacts.importing.fields import BY_NAME
from contacts.importing.guessing import guess
from contacts.importing.mapping import Mapping as ColumnMapping
from contacts.importing.mapping import NoPhoneColumn, header_key, preview
from contacts.importing.table import Table
from contacts.models import Import, ImportRow, SavedMapping
from contacts.numbering import home
from contacts.spreadsheet import defused

_SAMPLE_ROWS = 200
_PAGE = 2_000
NAME_LIMIT = 200
# What an import leaves in the file: nothing of ours holds it yet.
NOT_KEPT = ("notes", "tags")


class NotPossible(ValueError):
    """The import is not in a state for that; the message says which it is in."""


def create_import(
    source: Path | str,
    *,
    name: str = "",
    region: str = "",
    mode: str = Import.Mode.FILL,
    user: User | None = None,
    mapping: Mapping[str, int] | None = None,
    overwrite_human_edits: bool = False,
) -> Import:
    """Take a file (Path) or pasted text (str) in as a draft with its mapping, still unread.

    `mapping` gives the column index of each field; without one it is the mapping last used for
    these headers, else a guess. A mapping without "phone" means that no column looked like one.
    Raises FileRefused when the file can't be imported, ValueError for an unknown region, mode or
    mapping.
    """
    region = (region or settings.DEFAULT_REGION).upper()
    home(region)
    if mode not in Import.Mode.values:
        raise ValueError(f"unknown mode {mode!r}: there are {', '.join(Import.Mode.values)}")
    with files.keep(source) as copy:
        table = copy.table()
        return Import.objects.create(
            name=(name or (source.name if isinstance(source, Path) else "Pasted"))[:NAME_LIMIT],
            path=copy.name,
            digest=copy.digest,
            size_bytes=copy.size_bytes,
            line_count=copy.line_count,
            mode=mode,
            region=region,
            overwrite_human_edits=overwrite_human_edits,
            mapping=_mapping(table, mapping, region),
            columns=table.columns,
            file_format=table.format,
            encoding=table.encoding,
            delimiter=table.delimiter,
            header_row=table.header_row,
            created_by=user,
        )


def _mapping(table: Table, given: Mapping[str, int] | None, region: str) -> dict[str, int]:
    if given is not None:
        return check_mapping(given, table.columns)
    saved = SavedMapping.objects.filter(header_key=header_key(table.columns)).first()
    if saved is not None and table.header_row:
        try:
            return ColumnMapping.from_names(saved.mapping, table.columns).fields
        except ValueError:
            pass  # the headers fold to the same key, but are spelled otherwise
    try:
        sample = [row.cells for row in islice(table.rows(), _SAMPLE_ROWS) if not row.problem]
        return guess(table.columns, sample, region).fields
    except NoPhoneColumn:
        return {}


def check_mapping(mapping: Mapping[str, int], columns: Sequence[str]) -> dict[str, int]:
    """Return the mapping when every field and column exists; else ValueError."""
    for field, at in mapping.items():
        if field not in BY_NAME:
            raise ValueError(f"unknown field {field!r}: there are {', '.join(BY_NAME)}")
        if not 0 <= at < len(columns):
            raise ValueError(f"{field}: there is no column {at + 1}, the file has {len(columns)}")
    return dict(mapping)


def unused_columns(record: Import) -> list[str]:
    """The columns that no contact takes values from; they stay in the file and its export."""
    used = {at for field, at in record.mapping.items() if field not in NOT_KEPT}
    return [name for at, name in enumerate(record.columns) if at not in used]


def preview_rows(record: Import, count: int = 10) -> list[dict[str, Any]]:
    """The first rows as the mapping reads them, see `mapping.preview`. Raises FileRefused."""
    mapping = ColumnMapping(record.mapping)
    return preview(files.reopen(record), mapping, record.region, count)


def start(record: Import, *, mapping: Mapping[str, int] | None = None, ring: bool = True) -> None:
    """Let a draft be worked, remember its mapping for the same headers, and ring on commit.

    Raises NoPhoneColumn, and NotPossible when it was started before.
    """
    if mapping is not None:
        record.mapping = check_mapping(mapping, record.columns)
    if "phone" not in record.mapping:
        raise NoPhoneColumn(record.columns)
    with transaction.atomic():
        draft = Import.objects.filter(id=record.pk, state=Import.State.DRAFT)
        if not draft.update(state=Import.State.WAITING, mapping=record.mapping):
            raise NotPossible("the import has been started already")
        if record.header_row:
            _remember(record)
        if ring:
            transaction.on_commit(work.ring, robust=True)
    record.refresh_from_db()


def stop(record: Import, user: User) -> None:
    """Stop an import after the rows that it has settled; it can go on, or be undone.

    The worker notices with its next chunk. Raises NotPossible when it is not being worked.
    """
    busy = Import.objects.filter(
        id=record.pk, state__in=(Import.State.WAITING, Import.State.WORKING)
    )
    why = f"stopped by {user.get_username()}"
    if not busy.update(state=Import.State.STOPPED, worker_id=None, finished_at=Now(), error=why):
        raise NotPossible("the import is not being worked on")
    record.refresh_from_db()


def go_on(record: Import, *, ring: bool = True) -> None:
    """Let an import that stopped or failed go on below the last row that it settled.

    Raises NotPossible when it has not stopped.
    """
    with transaction.atomic():
        stood = Import.objects.filter(
            id=record.pk, state__in=(Import.State.STOPPED, Import.State.FAILED), undone_at=None
        )
        if not stood.update(
            state=Import.State.WAITING, worker_id=None, losses=0, finished_at=None, error=""
        ):
            raise NotPossible("only an import that stopped can go on")
        if ring:
            transaction.on_commit(work.ring, robust=True)
    record.refresh_from_db()


def _remember(record: Import) -> None:
    names = {field: record.columns[at] for field, at in record.mapping.items()}
    SavedMapping.objects.update_or_create(
        header_key=header_key(record.columns),
        defaults={"mapping": names, "region": record.region, "mode": record.mode},
    )


def rejects(record: Import) -> Iterator[str]:
    """Yield all rejected rows as CSV, in blocks: the file's columns, line and reason.

    Each block is read when it is asked for, so that the first comes at once, however many follow.
    """
    width = len(record.columns)
    yield _as_csv([[*map(defused, record.columns), "line", "reason"]])
    for page in _rejected_pages(record):
        yield _as_csv(
            [*map(defused, fit(raw or [], width)), line, defused(reason)]
            for line, raw, reason in page
        )


def _rejected_pages(record: Import) -> Iterator[list[tuple[int, list[str] | None, str]]]:
    rows = ImportRow.objects.filter(source=record, outcome=ImportRow.Outcome.REJECTED)
    told = rows.order_by("line").values_list("line", "raw", "reason")
    line = -1
    while page := list(told.filter(line__gt=line)[:_PAGE]):
        yield page
        line = page[-1][0]


def _as_csv(rows: Iterable[Sequence[str | int]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def fit(cells: Sequence[str], width: int) -> list[str]:
    """Return exactly `width` cells; those beyond stand in the last one, so that none is lost."""
    if len(cells) > width:
        return [*cells[: width - 1], " | ".join(cells[width - 1 :])]
    return [*cells, *[""] * (width - len(cells))]


def delete_import(record: Import) -> None:
    """Delete an import, its rows and our copy of its file; its contacts stay.

    Raises NotPossible while it is worked on.
    """
    busy = (Import.State.WAITING, Import.State.WORKING, Import.State.UNDOING)
    with transaction.atomic():
        held = Import.objects.select_for_update().filter(id=record.pk).exclude(state__in=busy)
        if not held.exists():
            raise NotPossible("the import is being worked on: wait until it is done")
        ImportRow.objects.filter(source_id=record.pk).delete()
        path = record.path
        held.delete()
        transaction.on_commit(lambda: files.drop(path))


def describe(record: Import) -> dict[str, int]:
    """How many rows ended in each outcome so far."""
    return {name: getattr(record, f"{name}_count") for name in ImportRow.Outcome.values}
