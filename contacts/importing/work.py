"""Works imports: claims one, settles its rows in chunks, goes on where a lost worker stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import cast
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from contacts import happenings
from contacts.erasing.keeping_out import HELD
from contacts.importing import files
from contacts.importing.chunk import UNREACHABLE, Job, settle
from contacts.importing.pipeline import Chunk, Rows, staged
from contacts.importing.resolve import Rules
from contacts.importing.staging import stager
from contacts.importing.table import FileRefused
from contacts.leases import Heart, Queue, TakenOver, worker
from contacts.models import Import, ImportRow

IMPORTS = Queue(Import, waiting="waiting", claimed="working", dead="failed")
UNDOS = Queue(Import, waiting="undoing", claimed="undoing", dead="failed")
TASK = "contacts.import"
# Large enough that a commit costs little, small enough that a chunk takes well under a second.
CHUNK_ROWS = 5_000
# A database that restarts is back within a minute; the import waits for it, and then goes on.
WAITS_S = (0, 0.5, 1, 2, 4, 8, 15, 30)
ERROR_LIMIT = 500
GIVEN_UP = "given up: three workers were lost while they worked on one part of it"
log = structlog.get_logger(__name__)

Report = Callable[[Import], None]


def ring() -> None:
    """Tell the workers that there is work; a ring that is lost is rung again by the sweep."""
    current_app.send_task(TASK, retry=False)


def work_imports() -> int:
    """Work imports until none waits; return how many."""
    worked = 0
    with worker(give_back) as own:
        while claimed := IMPORTS.claim(own, 1):
            _work(claimed[0][0], own, None, CHUNK_ROWS)
            worked += 1
    return worked


def run_import(
    import_id: int, *, report: Report | None = None, chunk_rows: int = CHUNK_ROWS
) -> Import:
    """Work one waiting import in this process and return it, done or failed.

    `report` is called after every chunk. Raises TakenOver when another worker has the import.
    """
    with worker(give_back) as own:
        if not IMPORTS.claim(own, 1, where="id = %s", params=[import_id]):
            raise TakenOver(f"import {import_id} does not wait for a worker")
        _work(import_id, own, report, chunk_rows)
    return Import.objects.get(id=import_id)


def _work(import_id: int, own: UUID, report: Report | None, chunk_rows: int) -> None:
    mine = Import.objects.filter(id=import_id, worker_id=own, state=Import.State.WORKING)
    mine.update(started_at=Coalesce("started_at", Now()))
    try:
        _read_on(Import.objects.get(id=import_id), own, report, chunk_rows)
        _end(mine, Import.State.DONE)
        _drop_copy_of_erased(import_id)
    except FileRefused as refused:
        _end(mine, Import.State.FAILED, str(refused)[:ERROR_LIMIT])
    except TakenOver as taken:
        log.warning("import_taken_over", import_id=import_id, reason=str(taken))


def _drop_copy_of_erased(import_id: int) -> None:
    """Delete our copy of a file that has brought somebody again who was erased; it is read."""
    held = ImportRow.objects.filter(
        source_id=import_id, outcome=ImportRow.Outcome.REJECTED, reason__startswith=HELD
    )
    if held.exists():
        files.drop(Import.objects.values_list("path", flat=True).get(id=import_id))


@transaction.atomic
def _end(mine: QuerySet[Import], state: str, error: str = "") -> None:
    ids = list(mine.values_list("pk", flat=True))
    if mine.update(state=state, worker_id=None, finished_at=Now(), error=error):
        happenings.tell(happenings.IMPORT_FINISHED, ((id_, {}) for id_ in ids))


def _read_on(record: Import, own: UUID, report: Report | None, chunk_rows: int) -> None:
    """Settle the rows below the last settled line."""
    table, heart = files.reopen(record), Heart(own)
    at = (record.started_at or timezone.now()).astimezone(UTC).isoformat(timespec="seconds")
    rules = Rules(record.mode, record.overwrite_human_edits)
    source, line = f"file:{record.pk}", record.read_line
    rows = cast(Rows, table.rows(line))
    with staged(rows, stager(record.mapping, record.region), chunk_rows) as pipeline:
        job = Job(record.pk, own, rules, source, at, on_decided=pipeline.read_on, beat=heart.beat)
        while (chunk := pipeline.get(timeout_s=settings.LEASE_S / 6)) is not None:
            heart.beat()
            if chunk:
                _settle_patiently(job, chunk, line)
                line = chunk[-1].line
                if report is not None:
                    record.refresh_from_db()
                    report(record)


def _settle_patiently(job: Job, chunk: Chunk, after_line: int) -> None:
    """Settle a chunk; where the database goes away, wait for it and settle what is still open."""
    failure: Exception | None = None
    for wait_s in WAITS_S:
        time.sleep(wait_s)
        try:
            if failure is not None:  # the commit may have come through, its answer not
                after_line = Import.objects.values_list("read_line", flat=True).get(
                    id=job.import_id
                )
                chunk = [row for row in chunk if row.line > after_line]
            if chunk:
                settle(job, chunk, after_line)
            return
        except UNREACHABLE as error:
            log.warning("import_waits_for_database", import_id=job.import_id, error=str(error))
            failure = error
            connection.close()
    assert failure is not None
    raise failure


def sweep(lost: Sequence[UUID]) -> None:
    """Give what lost workers held to others, and ring for every import that waits."""
    give_back(lost)
    unclaimed = Import.objects.filter(worker_id=None, state__in=(IMPORTS.waiting, UNDOS.waiting))
    if unclaimed.exists():
        ring()


@transaction.atomic
def give_back(worker_ids: Sequence[UUID]) -> None:
    imports, undos = IMPORTS.give_back(worker_ids)[1], UNDOS.give_back(worker_ids)[1]
    Import.objects.filter(id__in=[*imports, *undos]).update(error=GIVEN_UP)
    happenings.tell(happenings.IMPORT_FINISHED, ((id_, {}) for id_ in imports))
