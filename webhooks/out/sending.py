"""Sending: parcels are claimed subscription by subscription and carried side by side.

The database is the queue (`contacts.leases`); a parcel is in one hand only. Who is slow or dead
holds up nobody else: each subscription has so many parcels in the air and no more, and one that
fails rests. A worker that is killed leaves its claims, which the sweep gives back: such a parcel
may have arrived, and is sent again with the same id.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

from aiohttp.abc import AbstractResolver
from django.db import DatabaseError, InterfaceError, connection, connections, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from contacts import leases
from contacts.leases import Heart, Queue
from integrations.accounts import is_sandbox
from webhooks.models import Parcel, Subscription
from webhooks.out import owing, settling
from webhooks.out.carrying import Carrier, Result
from webhooks.out.posting import carried

QUEUE = Queue(Parcel)
AT_ONCE = 20  # parcels of one subscription in the air
LOOKS_EVERY_S = 0.5
GATHERS_S = 0.01
LOCK = 0x51771D0  # the advisory lock of the one who sends
GIVEN_UP = "given up: three workers were lost while they had it"

Claimed = dict[int, int]


def work(
    seconds: float,
    should_stop: Callable[[], bool] = lambda: False,
    resolver: AbstractResolver | None = None,
) -> bool:
    """Send for about `seconds` what is due; tell whether more may wait.

    One process sends at a time: a second has nothing to add, and workers have other work.
    """
    # One thread for the database: a connection belongs to the thread that opened it.
    with ThreadPoolExecutor(1, "parcels") as database:
        try:
            if not database.submit(_take_lock).result():
                return False
            return asyncio.run(_Round(database, resolver).work(seconds, should_stop))
        finally:
            database.submit(_let_go).result()


def _take_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _let_go() -> None:
    """Let the next one send at once: PostgreSQL notices only a moment later who has left."""
    try:
        with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        connections.close_all()


class _Round:
    """One stretch of sending: claims, carries, settles, until its time is over."""

    def __init__(self, database: ThreadPoolExecutor, resolver: AbstractResolver | None) -> None:
        self._database = database
        self._resolver = resolver
        self._in_air: dict[asyncio.Task[Result], Parcel] = {}
        self._in_sandbox = False

    async def work(self, seconds: float, should_stop: Callable[[], bool]) -> bool:
        stop_at = time.monotonic() + seconds
        own: UUID = await self._ask(leases.register)
        self._in_sandbox = await self._ask(is_sandbox)
        heart = Heart(own)
        has_more = True
        try:
            async with Carrier(self._resolver) as carrier:
                while has_more and time.monotonic() < stop_at and not should_stop():
                    has_more = await self._claim(own, carrier)
                    await self._settle(heart)
                while self._in_air:
                    await self._settle(heart)
        finally:
            await self._ask(settling.give_back, own)
            await self._ask(leases.leave, own)
        return has_more

    async def _claim(self, own: UUID, carrier: Carrier) -> bool:
        """Take what may go into the air now; tell whether anything is in it, or was owed."""
        owed = await self._ask(owing.owe_all)
        in_air: Claimed = {}
        for parcel in self._in_air.values():
            in_air[parcel.subscription_id] = in_air.get(parcel.subscription_id, 0) + 1
        for parcel in await self._ask(claim, own, in_air):
            task = asyncio.create_task(carried(parcel, carrier, in_sandbox=self._in_sandbox))
            self._in_air[task] = parcel
        return bool(owed or self._in_air)

    async def _settle(self, heart: Heart) -> None:
        """Wait for what ends first, and write down what has ended by then."""
        await self._ask(heart.beat)
        if not self._in_air:
            return
        await asyncio.wait(self._in_air, timeout=LOOKS_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(GATHERS_S)  # a commit for several
        ended = [task for task in self._in_air if task.done()]
        results = [(self._in_air.pop(task), task.result()) for task in ended]
        if results:
            await self._ask(settling.settle, results)

    async def _ask(self, function: Callable[..., object], *args: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._database, function, *args)


def claim(own: UUID, in_air: Claimed) -> list[Parcel]:
    """Claim of each subscription as many as it has room for; of one that fails, a single one."""
    claimed: list[int] = []
    for row in _with_work():
        room = (AT_ONCE if row.failures < settling.RESTS_AFTER else 1) - in_air.get(row.pk, 0)
        if room > 0:
            with transaction.atomic():
                found = QUEUE.claim(own, room, where="subscription_id = %s", params=[row.pk])
            claimed += [pk for (pk,) in found]
    return list(Parcel.objects.filter(pk__in=claimed).select_related("subscription").order_by("pk"))


def _due() -> QuerySet[Parcel]:
    return Parcel.objects.filter(state=Parcel.State.WAITING, due_at__lte=timezone.now())


def _with_work() -> QuerySet[Subscription]:
    now = timezone.now()
    rests_no_more = Q(rests_until=None) | Q(rests_until__lte=now)
    has_due = Exists(_due().filter(subscription=OuterRef("pk")))
    return Subscription.objects.filter(rests_no_more, has_due, is_enabled=True).order_by("pk")


def sweep() -> bool:
    """Give back what lost workers held; tell whether anything is to be owed or sent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT p.worker_id FROM webhooks_parcel AS p"
            " JOIN contacts_worker AS w ON w.id = p.worker_id"
            " WHERE p.state = 'claimed' AND w.gone_at IS NOT NULL"
        )
        gone = [id_ for (id_,) in cursor.fetchall()]
        if gone:
            _, dead = QUEUE.give_back(gone)
            Parcel.objects.filter(pk__in=dead).update(outcome=GIVEN_UP, ended_at=timezone.now())
        cursor.execute("SELECT EXISTS (SELECT FROM contacts_happening)")
        (has_happened,) = cursor.fetchone()
    return bool(has_happened) or _with_work().exists()


def ended(rows: QuerySet[Parcel]) -> QuerySet[Parcel]:
    """Return those that were sent, refused, given up or kept."""
    return rows.exclude(state__in=[Parcel.State.WAITING, Parcel.State.CLAIMED])


def replay(rows: QuerySet[Parcel]) -> int:
    """Have ended parcels sent again, on a person's word, with the same ids; return how many."""
    return ended(rows).update(
        state=Parcel.State.WAITING, tries=0, losses=0, due_at=timezone.now(), ended_at=None
    )
