"""Reads do-not-contact lists into their numbers, chunk by chunk, and lets them stand at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from uuid import UUID

import structlog
from celery import current_app
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from contacts.importing import files
from contacts.importing.table import FileRefused, SourceRow
from contacts.leases import Heart, Queue, TakenOver, worker
from contacts.models.suppression import ListedNumber, RefusedLine, SuppressionList
from contacts.phone import PhoneRefused, parse
from contacts.suppression.service import hold_every_number

LISTS = Queue(SuppressionList, waiting="waiting", claimed="working", dead="failed")
TASK = "contacts.load_lists"
CHUNK = 10_000
GIVEN_UP = "given up: three workers were lost while they read it"
State = SuppressionList.State
# A line's text and reason, as they are kept.
_TEXT_LIMIT = 200
# What COPY would read as the ends of cells and lines, or not take at all.
_NOT_COPIED = str.maketrans({"\\": "\\\\", "\t": " ", "\n": " ", "\r": " ", "\0": ""})
log = structlog.get_logger(__name__)


def ring() -> None:
    """Tell the workers that there is a list; a ring that is lost is rung again by the sweep."""
    current_app.send_task(TASK, retry=False)


def work_lists() -> int:
    """Read lists until none waits; return how many."""
    worked = 0
    with worker(give_back) as own:
        while claimed := LISTS.claim(own, 1):
            _work(claimed[0][0], own)
            worked += 1
    return worked


def run(list_id: int) -> SuppressionList:
    """Read one that waits in this process, if no other has it; return how it stands then."""
    with worker(give_back) as own:
        if LISTS.claim(own, 1, where="id = %s", params=[list_id]):
            _work(list_id, own)
    return SuppressionList.objects.get(pk=list_id)


def sweep(lost: Sequence[UUID]) -> None:
    """Give what lost workers held to others, and ring for every list that waits."""
    give_back(lost)
    if SuppressionList.objects.filter(worker_id=None, state=State.WAITING).exists():
        ring()


def give_back(worker_ids: Sequence[UUID]) -> None:
    dead = LISTS.give_back(worker_ids)[1]
    SuppressionList.objects.filter(pk__in=dead).update(error=GIVEN_UP)


def _work(list_id: int, own: UUID) -> None:
    record = SuppressionList.objects.get(pk=list_id)
    try:
        _begin(record, own)
        _read(record, own)
        _stand(record, own)
    except FileRefused as refused:
        _fail(record, own, str(refused))
    except TakenOver as taken:
        log.warning("list_taken_over", list_id=list_id, reason=str(taken))


def _begin(record: SuppressionList, own: UUID) -> None:
    """Begin at the beginning; what a lost worker has read of it goes."""
    with transaction.atomic():
        _keep(record, own, read_line=0, number_count=0, repeated_count=0, refused_count=0)
        if record.read_line:
            _forget(record)


def _read(record: SuppressionList, own: UUID) -> None:
    rows, heart = iter(files.reopen(record).rows()), Heart(own)
    while chunk := list(islice(rows, CHUNK)):
        heart.beat()
        numbers, refused = _sort(chunk, record)
        with transaction.atomic():
            new = _copy_numbers(record.pk, numbers)
            _copy_refused(record.pk, refused)
            _keep(
                record,
                own,
                read_line=chunk[-1].line,
                number_count=F("number_count") + new,
                repeated_count=F("repeated_count") + len(numbers) - new,
                refused_count=F("refused_count") + len(refused),
            )


def _sort(
    chunk: Iterable[SourceRow], record: SuppressionList
) -> tuple[list[str], list[tuple[int, str, str]]]:
    """The numbers of the lines, and the lines that hold none, each with its text and why."""
    numbers: list[str] = []
    refused: list[tuple[int, str, str]] = []
    for row in chunk:
        if row.problem == "blank row":
            continue
        text = "".join(row.cells[at] for at in record.number_columns if at < len(row.cells))
        try:
            if not text.strip():
                raise PhoneRefused(row.problem or "no number")
            numbers.append(parse(text, record.region).e164)
        except PhoneRefused as why:
            refused.append((row.line, text or row.raw or " ".join(row.cells), why.reason))
    return numbers, refused


def _copy_numbers(list_id: int, numbers: Sequence[str]) -> int:
    """Add numbers to a list and return how many were not on it yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS listed (phone text) ON COMMIT DELETE ROWS"
        )
        cursor.execute("TRUNCATE listed")  # two chunks may share a transaction of the caller's
        with cursor.copy("COPY listed FROM STDIN") as copy:
            copy.write("".join(f"{number}\n" for number in numbers))
        cursor.execute(
            "INSERT INTO contacts_listednumber (phone_e164, source_id)"
            " SELECT DISTINCT phone, %s::bigint FROM listed ON CONFLICT DO NOTHING",
            [list_id],
        )
        return int(cursor.rowcount)


def _copy_refused(list_id: int, refused: Iterable[tuple[int, str, str]]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY contacts_refusedline (source_id, line, text, reason) FROM STDIN") as copy,
    ):
        for line, *words in refused:
            text, why = (word[:_TEXT_LIMIT].translate(_NOT_COPIED) for word in words)
            copy.write(f"{list_id}\t{line}\t{text}\t{why}\n")


def _stand(record: SuppressionList, own: UUID) -> None:
    """Let its numbers count, and those of the list that it replaces no more, in one moment."""
    with transaction.atomic():
        hold_every_number()
        _keep(record, own, state=State.STANDING, worker_id=None, finished_at=Now(), error="")
        if record.replaces is not None:
            old = SuppressionList.objects.filter(pk=record.replaces.pk, state=State.STANDING)
            old.update(state=State.REPLACED, ended_at=Now(), ended_by=record.created_by)
    if record.replaces is not None:
        _forget(record.replaces)
    files.drop(record.path)


def _fail(record: SuppressionList, own: UUID, why: str) -> None:
    with transaction.atomic():
        _keep(record, own, state=State.FAILED, worker_id=None, finished_at=Now(), error=why[:500])
        _forget(record)


def _forget(record: SuppressionList) -> None:
    ListedNumber.objects.filter(source=record).delete()
    RefusedLine.objects.filter(source=record).delete()


def _keep(record: SuppressionList, own: UUID, **values: object) -> None:
    """Write how far it is; raises TakenOver when it is no longer this worker's."""
    mine = SuppressionList.objects.filter(pk=record.pk, worker_id=own, state=State.WORKING)
    if not mine.update(**values):
        raise TakenOver(f"list {record.pk} is no longer ours")
