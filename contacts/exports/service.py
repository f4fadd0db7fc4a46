"""What one can do with an export: ask for it, ask again, fetch it, cancel it, delete it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from contacts import selection as selections
from contacts.exports import columns, files, work
from contacts.exports.formats import FORMATS
from contacts.models import Export, ExportDownload

BUSY = (Export.State.WAITING, Export.State.WORKING)
log = structlog.get_logger(__name__)


class NotPossible(ValueError):
    """The export is not in a state for that; the message says which it is in."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants exported, and how."""

    selection: Mapping[str, Any]
    columns: Sequence[str]
    format: str = Export.Format.CSV
    with_sources: bool = False

    @property
    def fingerprint(self) -> str:
        said = [dict(self.selection), list(self.columns), str(self.format), self.with_sources]
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def direct_rows(format_name: str) -> int:
    """Return how many contacts are sent while they are read; more are a worker's."""
    limit: int = settings.EXPORT_DIRECT_ROWS
    return limit // FORMATS[format_name].effort


def count_up_to(selection: Mapping[str, Any], limit: int) -> int:
    """Return how many contacts are selected, counting no further than `limit`."""
    return selections.contacts(selection)[:limit].count()


def ask(wish: Wish, user: User) -> Export:
    """Make an export: SENDING when it is small (see `sending`), else WAITING for a worker.

    Who asks twice for what is still being made gets the first one. Raises ValueError without a
    column or with an unknown one, SelectionRefused for a selection with an unknown filter.
    """
    if not wish.columns or list(wish.columns) != columns.known(wish.columns):
        raise ValueError("an export has columns, each of them once and of a name that is known")
    limit = direct_rows(wish.format)
    is_small = count_up_to(wish.selection, limit + 1) <= limit
    try:
        with transaction.atomic():
            made = _create(wish, user, Export.State.SENDING if is_small else Export.State.WAITING)
            if not is_small:
                transaction.on_commit(work.ring, robust=True)
    except IntegrityError:
        return Export.objects.filter(fingerprint=wish.fingerprint, created_by=user).latest("pk")
    log.info("export_asked", export_id=made.pk, user_id=user.pk, state=made.state)
    return made


def _create(wish: Wish, user: User, state: str) -> Export:
    return Export.objects.create(
        selection=dict(wish.selection),
        described=selections.in_words(wish.selection)[:500],
        columns=list(wish.columns),
        with_sources=wish.with_sources,
        format=wish.format,
        fingerprint=wish.fingerprint,
        state=state,
        created_by=user,
    )


def ask_again(export: Export, user: User) -> Export:
    """Make an export of the same selection, as it is today; see `ask`."""
    names = columns.known(export.columns)
    return ask(Wish(export.selection, names, export.format, export.with_sources), user)


def note_download(export: Export, user: User) -> None:
    """Write down that the person was sent the file."""
    what = f"{export}, {export.row_count:,} rows" if export.file else str(export)
    ExportDownload.objects.create(
        export=export, user=user, username=user.get_username(), what=what[:600]
    )
    log.info("export_downloaded", export_id=export.pk, user_id=user.pk)


def cancel(export: Export) -> None:
    """Stop an export; the worker that has it notices soon. Raises NotPossible when it has ended."""
    busy = Export.objects.filter(pk=export.pk, state__in=BUSY)
    ended = busy.update(state=Export.State.CANCELLED, worker_id=None, finished_at=Now())
    if not ended:
        raise NotPossible("the export has ended already")


def delete(export: Export) -> None:
    """Delete an export and its file; who fetched it stays written down.

    Raises NotPossible while it is being made.
    """
    busy = (*BUSY, Export.State.SENDING)
    with transaction.atomic():
        held = Export.objects.select_for_update().filter(pk=export.pk).exclude(state__in=busy)
        found = held.first()
        if found is None:
            raise NotPossible("the export is still being made: cancel it first")
        found.delete()
        transaction.on_commit(lambda: files.drop(found.file))
    log.info("export_deleted", export_id=export.pk)
