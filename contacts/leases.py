"""Work that outlives its workers: rows claimed under a lease, written once for every queue.

The database is the queue. A process registers as a `Worker` and beats; while it does, everything
it has claimed is its own. When it stops beating, `lost_workers` names it and `Queue.give_back`
returns what it held, or gives a row up that has taken three workers with it.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.db.models.functions import Now

from contacts.models.worker import Worker

MAX_LOSSES = 3
GiveBack = Callable[[Sequence[UUID]], None]


class TakenOver(Exception):
    """The row is another worker's by now, or somebody stopped it."""


def register() -> UUID:
    """Register this process as a worker and return its id."""
    worker = Worker.objects.create(id=uuid4(), name=f"{socket.gethostname()}:{os.getpid()}")
    return worker.id


def beat(worker_id: UUID) -> bool:
    """Renew the lease; False when the worker has been declared lost meanwhile."""
    return bool(Worker.objects.filter(id=worker_id, gone_at=None).update(seen_at=Now()))


def come_back(worker_id: UUID) -> bool:
    """Renew the lease, also of a worker that had left; False when it was declared lost."""
    here = Worker.objects.filter(id=worker_id, is_lost=False)
    return bool(here.update(seen_at=Now(), gone_at=None))


def holds(worker_id: UUID) -> bool:
    """Tell whether the worker still has its lease, and keep it so until the transaction ends.

    To be asked in every transaction that takes something new into the worker's hands: what one
    takes after it was declared lost, nobody would ever give back.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM contacts_worker WHERE id = %s AND gone_at IS NULL FOR KEY SHARE",
            [worker_id],
        )
        return cursor.fetchone() is not None


def leave(worker_id: UUID) -> None:
    """Say that the worker goes, with nothing in hand."""
    Worker.objects.filter(id=worker_id, gone_at=None).update(gone_at=Now())


@contextmanager
def worker(give_back: GiveBack) -> Iterator[UUID]:
    """A worker registered for the block; `give_back` gets it at the end, for what it holds."""
    own = register()
    try:
        yield own
    finally:
        give_back([own])
        leave(own)


class Heart:
    """Keeps a worker's lease alive as often as it takes, however often it is asked."""

    def __init__(self, worker_id: UUID) -> None:
        self.worker_id = worker_id
        self._beaten = time.monotonic()

    def beat(self) -> None:
        """Raises TakenOver when the worker has been declared lost."""
        if time.monotonic() - self._beaten > settings.LEASE_S / 6:
            if not beat(self.worker_id):
                raise TakenOver(f"worker {self.worker_id} was declared lost")
            self._beaten = time.monotonic()


def living_workers() -> int:
    """Return how many workers have been seen within the lease."""
    since = Now() - timedelta(seconds=settings.LEASE_S)
    return Worker.objects.filter(gone_at=None, seen_at__gte=since).count()


def lost_workers() -> list[UUID]:
    """Mark workers not seen within the lease as lost and return them.

    A server that has just started says nothing about its workers, so nobody is declared lost
    within one lease of its start.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contacts_worker SET gone_at = now(), is_lost = true WHERE id = ANY(ARRAY("
            "SELECT id FROM contacts_worker WHERE gone_at IS NULL"
            " AND seen_at < now() - %(lease)s * interval '1 second'"
            " AND pg_postmaster_start_time() < now() - %(lease)s * interval '1 second'"
            " ORDER BY id FOR UPDATE SKIP LOCKED)) RETURNING id",
            {"lease": settings.LEASE_S},
        )
        return [worker for (worker,) in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Queue:
    """The claims on one table of `Leased` rows, with that table's names for the states.

    A row that was in hand when so many workers were lost is given up.
    """

    model: type[Model]
    waiting: str = "waiting"
    claimed: str = "claimed"
    dead: str = "dead"
    most_losses: int = MAX_LOSSES

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def claim(
        self,
        worker_id: UUID,
        limit: int,
        *,
        where: str = "true",
        params: Sequence[Any] = (),
        columns: str = "id",
        order: str = "id",
    ) -> list[tuple[Any, ...]]:
        """Claim up to `limit` due rows that meet `where` (our own SQL) and return `columns`.

        The first by `order`. A worker that was declared lost gets none.
        """
        if not holds(worker_id):
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                # As an array the rows are chosen once. With IN some plans choose again for each row
                # they look at, skip what is locked by then, and claim more than the limit.
                f"UPDATE {self.table} SET state = %s, worker_id = %s, tries = tries + 1"
                f" WHERE id = ANY(ARRAY(SELECT id FROM {self.table}"
                f" WHERE state = '{self.waiting}' AND due_at <= now() AND {where}"
                f" ORDER BY {order} LIMIT %s FOR UPDATE SKIP LOCKED))"
                f" RETURNING {columns}",
                [self.claimed, worker_id, *params, limit],
            )
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def give_back(self, worker_ids: Sequence[UUID]) -> tuple[list[int], list[int]]:
        """Return what lost workers held: (ids waiting again, ids given up)."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {self.table} SET worker_id = NULL, losses = losses + 1, due_at = now(),"
                " state = CASE WHEN losses + 1 >= %s THEN %s ELSE %s END"
                " WHERE state = %s AND worker_id = ANY(%s) RETURNING id, state",
                [self.most_losses, self.dead, self.waiting, self.claimed, list(worker_ids)],
            )
            rows = cursor.fetchall()
        return (
            [id_ for id_, state in rows if state == self.waiting],
            [id_ for id_, state in rows if state == self.dead],
        )
