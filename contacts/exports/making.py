"""Makes the file of an export, by whomever: its bytes as they are read, and its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from contacts.exports import columns, files
from contacts.exports.formats import FORMATS
from contacts.exports.resource import PAGE, ContactResource, Rows
from contacts.models import Export

ERROR_LIMIT = 500


def rows_of(
    export: Export, on_page: Callable[[Rows], None] = lambda rows: None, page_rows: int = PAGE
) -> Rows:
    """Return what an export is to hold; `on_page` is called once it is counted and at each page."""
    chosen = columns.known(export.columns) or columns.DEFAULT
    resource = ContactResource(chosen, with_sources=export.with_sources)
    return Rows(export.selection, resource, on_page, page_rows)


def blocks_of(export: Export, rows: Rows) -> Iterator[bytes]:
    """Yield the file's bytes."""
    return FORMATS[export.format].write(rows.resource, rows)


def keep(mine: QuerySet[Export], draft: files.Draft, rows: Rows) -> bool:
    """Put the whole file into its place; False when the export is not `mine` any more."""
    size = draft.keep()
    kept = mine.update(
        state=Export.State.DONE, file=draft.name, size_bytes=size, worker_id=None,
        total_count=rows.total, row_count=rows.written, finished_at=Now(), error="",
        expires_at=timezone.now() + timedelta(days=settings.EXPORT_DAYS),
    )  # fmt: skip
    if not kept:
        files.drop(draft.name)
    return bool(kept)


def fail(mine: QuerySet[Export], why: str) -> None:
    """Write down why there is no file."""
    mine.update(
        state=Export.State.FAILED, worker_id=None, finished_at=Now(), error=why[:ERROR_LIMIT]
    )
