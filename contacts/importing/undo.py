"""Takes an import back, row by row, and says of every row what came of that.

A row that made a contact ends reversed (the contact is deleted), kept (a person edited it since, or
another import speaks of it) or failed (why). A row that updated one ends reversed when all its
fields still are as the import left them; what has changed since is kept. What a run has paid for is
no reason to keep a contact: answers stay, and are found again by the number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from uuid import UUID

import structlog
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError, RestrictedError
from django.db.models.functions import Now

from contacts.history import acting_as
from contacts.importing import restoring, store
from contacts.importing.restoring import Row
from contacts.importing.service import NotPossible
from contacts.importing.work import UNDOS, Report, give_back, ring
from contacts.leases import Heart, TakenOver, worker
from contacts.models import Company, Contact, Import, ImportRow

CHUNK_ROWS = 1_000
REVERSED, KEPT, FAILED = ImportRow.Undo.REVERSED, ImportRow.Undo.KEPT, ImportRow.Undo.FAILED
_COUNTERS = {REVERSED: "reversed_count", KEPT: "kept_count", FAILED: "undo_failed_count"}
_LAST_LINE = 2**62
log = structlog.get_logger(__name__)


def undo(record: Import, user: User | None = None, *, rings: bool = True) -> None:
    """Let an import be taken back by a person; once more, for the rows where that failed.

    Raises NotPossible for an import that has not ended.
    """
    ended = (Import.State.DONE, Import.State.FAILED, Import.State.STOPPED, Import.State.UNDONE)
    with transaction.atomic():
        held = Import.objects.filter(id=record.pk, state__in=ended)
        if not held.update(
            state=UNDOS.waiting, undone_by=user, worker_id=None, losses=0, undo_failed_count=0
        ):
            raise NotPossible("only an import that has ended can be undone")
        ImportRow.objects.filter(source_id=record.pk, undo=FAILED).update(undo="", undo_reason="")
        if rings:
            transaction.on_commit(ring, robust=True)
    record.refresh_from_db()


def work_undos() -> int:
    """Take back every import that waits for it; return how many."""
    worked = 0
    with worker(give_back) as own:
        while claimed := UNDOS.claim(own, 1, where="worker_id IS NULL"):
            _work(claimed[0][0], own, None)
            worked += 1
    return worked


def run_undo(import_id: int, *, report: Report | None = None) -> Import:
    """Take one import back in this process. Raises TakenOver when another worker has it."""
    with worker(give_back) as own:
        where = "worker_id IS NULL AND id = %s"
        if not UNDOS.claim(own, 1, where=where, params=[import_id]):
            raise TakenOver(f"import {import_id} does not wait to be undone")
        _work(import_id, own, report)
    return Import.objects.get(id=import_id)


def _work(import_id: int, own: UUID, report: Report | None) -> None:
    heart, line, source = Heart(own), _LAST_LINE, f"file:{import_id}"
    try:
        while (line := _take_back(import_id, own, line)) > 0:
            heart.beat()
            if report is not None:
                report(Import.objects.get(id=import_id))
        _delete_companies(source)
        Import.objects.filter(id=import_id, worker_id=own, state=UNDOS.claimed).update(
            state=Import.State.UNDONE, worker_id=None, undone_at=Now(), error=""
        )
    except TakenOver as taken:
        log.warning("undo_taken_over", import_id=import_id, reason=str(taken))


def _take_back(import_id: int, own: UUID, below: int) -> int:
    """Take back the last rows below a line; return the lowest line reached, 0 at the end."""
    with transaction.atomic():
        mine = Import.objects.select_for_update(of=("self",)).select_related("undone_by")
        held = mine.filter(id=import_id, worker_id=own, state=UNDOS.claimed).first()
        if held is None:
            raise TakenOver(f"import {import_id} is no longer ours")
        store.take_turn()
        rows = _open_rows(import_id, below)
        if not rows:
            return 0
        source = f"file:{import_id}"
        with acting_as(held.undone_by) if held.undone_by else nullcontext():
            restoring.restore([row for row in rows if row.outcome == "updated"], source)
        _delete_created([row for row in rows if row.outcome == "created"], import_id)
        _settle(import_id, rows)
    return rows[-1].line


def _open_rows(import_id: int, below: int) -> list[Row]:
    """The next rows to take back, from the end of the file: what came last goes first."""
    rows = ImportRow.objects.filter(
        source_id=import_id, line__lt=below, undo="", outcome__in=("created", "updated")
    ).order_by("-line")[:CHUNK_ROWS]
    return [Row(row.line, row.outcome, row.contact_id or 0, row.before) for row in rows]


def _settle(import_id: int, rows: Sequence[Row]) -> None:
    counts = Counter(row.undo for row in rows)
    ends: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        ends.setdefault((row.undo, row.reason), []).append(row.line)
    for (end, reason), lines in ends.items():
        ImportRow.objects.filter(source_id=import_id, line__in=lines).update(
            undo=end, undo_reason=reason
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contacts_import SET losses = 0,"
            + ", ".join(f" {name} = {name} + %s" for name in _COUNTERS.values())
            + " WHERE id = %s",
            [*(counts[undo] for undo in _COUNTERS), import_id],
        )


def _delete_created(rows: Sequence[Row], import_id: int) -> None:
    verdicts = _verdicts([row.contact_id for row in rows], import_id)
    for row in rows:
        gone = (FAILED, "the contact is gone: deleted or merged since")
        row.undo, row.reason = verdicts.get(row.contact_id, gone)
    leaving = [row for row in rows if row.undo == REVERSED]
    if not _delete([row.contact_id for row in leaving]):
        for row in leaving:
            if not _delete([row.contact_id]):
                row.undo, row.reason = FAILED, "something that must stay refers to the contact"


def _verdicts(contact_ids: Sequence[int], import_id: int) -> dict[int, tuple[str, str]]:
    """What is to become of each contact that is there; locks them in id order."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT c.id, c.status, c.provenance::text LIKE \'%%"by": "person:%%\''
            " OR EXISTS (SELECT FROM contacts_note n WHERE n.contact_id = c.id)"
            " OR EXISTS (SELECT FROM contacts_contacttag t WHERE t.contact_id = c.id), ("
            "  SELECT min(r.source_id) FROM contacts_importrow r"
            "  JOIN contacts_import i ON i.id = r.source_id AND i.state <> 'undone'"
            "  WHERE r.contact_id = c.id AND r.source_id <> %s)"
            " FROM contacts_contact c WHERE c.id = ANY(%s) ORDER BY c.id FOR UPDATE OF c",
            [import_id, list(contact_ids)],
        )
        return {id_: _verdict(*facts) for id_, *facts in cursor.fetchall()}


def _verdict(status: str, is_edited: bool, other_import: int | None) -> tuple[str, str]:
    if is_edited:
        return KEPT, "a person has worked on it since"
    if other_import is not None:
        return KEPT, f"import {other_import} speaks of it, too"
    if status == Contact.Status.PROCESSING:
        return FAILED, "a run is working on it: undo again when that is done"
    return REVERSED, ""


def _delete(contact_ids: Sequence[int]) -> bool:
    try:
        with transaction.atomic():
            Contact.objects.filter(id__in=contact_ids).delete()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except (IntegrityError, ProtectedError, RestrictedError):
        return False
    return True


def _delete_companies(source: str) -> None:
    """Delete the companies that only this import speaks of and that nobody is left in."""
    above = 0
    empty = Company.objects.filter(provenance__name__by=source, contacts=None).order_by("id")
    while ids := list(empty.filter(id__gt=above).values_list("id", flat=True)[:CHUNK_ROWS]):
        above = ids[-1]
        with transaction.atomic():
            store.take_turn()
            empty.filter(id__in=ids).order_by().delete()
