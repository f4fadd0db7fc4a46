"""Works exports: claims one, writes its file, begins anew where a lost worker stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from xlsxwriter.exceptions import FileCreateError

from contacts import leases
from contacts.exports import files, making
from contacts.exports.resource import PAGE, Rows
from contacts.exports.sending import BROKEN_OFF
from contacts.leases import Queue, TakenOver
from contacts.models import Export
from contacts.selection import SelectionRefused

EXPORTS = Queue(Export, waiting="waiting", claimed="working", dead="failed")
TASK = "contacts.export"
# Nobody takes longer to fetch what is sent directly.
SENDING_S = 3600
GIVEN_UP = "given up: three workers were lost while they wrote it"
log = structlog.get_logger(__name__)


def ring() -> None:
    """Tell the workers that there is work; a ring that is lost is rung again by the sweep."""
    current_app.send_task(TASK, retry=False)


def work_exports() -> int:
    """Work exports until none waits; return how many."""
    worked = 0
    with _worker() as own:
        while claimed := EXPORTS.claim(own, 1):
            files.drop_orphans()
            _work(claimed[0][0], own, None, PAGE)
            worked += 1
    return worked


def run_export(
    export_id: int, *, report: Callable[[Rows], None] | None = None, page_rows: int = PAGE
) -> Export:
    """Work one waiting export in this process and return it as it stands then.

    `report` is called after every page. Raises TakenOver when another worker has the export.
    """
    with _worker() as own:
        if not EXPORTS.claim(own, 1, where="id = %s", params=[export_id]):
            raise TakenOver(f"export {export_id} does not wait for a worker")
        _work(export_id, own, report, page_rows)
    return Export.objects.get(pk=export_id)


@contextmanager
def _worker() -> Iterator[UUID]:
    """A worker that beats beside its work."""
    with leases.worker(_give_back) as own:
        try:
            with _beating(own):
                yield own
        finally:
            connection.close_if_unusable_or_obsolete()  # the database may have been away


@contextmanager
def _beating(own: UUID) -> Iterator[None]:
    """Keep the lease from beside: a workbook is packed in one go of up to a minute."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(settings.LEASE_S / 6):
            try:
                leases.beat(own)
            except (DatabaseError, InterfaceError) as error:
                log.warning("export_beat_failed", error=str(error))
                connection.close()
        connection.close()

    thread = threading.Thread(target=beat, name="export-beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _work(export_id: int, own: UUID, report: Callable[[Rows], None] | None, page_rows: int) -> None:
    mine = Export.objects.filter(pk=export_id, worker_id=own, state=Export.State.WORKING)
    mine.update(started_at=Coalesce("started_at", Now()), row_count=0, total_count=None)
    try:
        _write(mine, report, page_rows)
    except (Export.DoesNotExist, TakenOver):
        log.warning("export_taken_over", export_id=export_id)
    except SelectionRefused as refused:
        making.fail(mine, f"{refused}: choose the contacts again")
    except (OSError, FileCreateError) as error:
        making.fail(mine, f"the file can't be written ({error}): make room, then make it again")


def _write(mine: QuerySet[Export], report: Callable[[Rows], None] | None, page_rows: int) -> None:
    export = mine.get()

    def tell(rows: Rows) -> None:
        """Tell how far it is, and hear so whether to go on."""
        if not mine.update(row_count=rows.written, total_count=rows.total):
            raise TakenOver
        if report is not None:
            report(rows)

    rows = making.rows_of(export, tell, page_rows)
    with files.drafted(export.format) as draft:
        for block in making.blocks_of(export, rows):
            draft.file.write(block)
        if not making.keep(mine, draft, rows):
            raise TakenOver


def sweep(lost: Sequence[UUID]) -> None:
    """Give what lost workers held to others, expire files, and ring for what waits."""
    _give_back(lost)
    expire()
    if Export.objects.filter(state=EXPORTS.waiting).exists():
        ring()


def _give_back(worker_ids: Sequence[UUID]) -> None:
    dead = EXPORTS.give_back(worker_ids)[1]
    Export.objects.filter(pk__in=dead).update(error=GIVEN_UP, finished_at=Now())


def expire() -> None:
    """Delete files that are past their time; end downloads of which nobody hears any more."""
    now = timezone.now()
    due = Export.objects.filter(state=Export.State.DONE, expires_at__lte=now)
    for pk, name in list(due.values_list("pk", "file")):
        Export.objects.filter(pk=pk).update(state=Export.State.EXPIRED, file="")
        transaction.on_commit(partial(files.drop, name))
    silent = now - timedelta(seconds=SENDING_S)
    making.fail(
        Export.objects.filter(state=Export.State.SENDING, created_at__lt=silent), BROKEN_OFF
    )
