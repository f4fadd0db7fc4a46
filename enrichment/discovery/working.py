"""Works discoveries: claims places, searches many side by side, writes what each brought."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from contacts import leases
from contacts.leases import Queue, TakenOver
from enrichment.discovery.asking import Asker, Stopped
from enrichment.discovery.searching import Place, Searched, listed_id, search_place
from enrichment.models import Discovery, DiscoveryFind, DiscoveryPlace
from integrations.gate import Gate
from integrations.lanes import Lane
from integrations.search import Wanted

log = structlog.get_logger(__name__)

QUEUE = Queue(DiscoveryPlace)
AT_ONCE = 16
GIVEN_UP = "given up: three workers were lost while they searched it"
_OPEN = "discovery_id IN (SELECT id FROM enrichment_discovery WHERE state = 'working')"


def claim(worker_id: UUID, limit: int, *, is_idle: bool = True) -> list[Place]:
    """Claim places of working discoveries; one that took a worker with it is claimed alone."""
    rows = QUEUE.claim(worker_id, limit, where=f"{_OPEN} AND losses = 0") if limit else []
    if not rows and is_idle:
        rows = QUEUE.claim(worker_id, 1, where=_OPEN)
    places = DiscoveryPlace.objects.filter(pk__in=[pk for (pk,) in rows])
    return [_place(row) for row in places.select_related("discovery").order_by("pk")]


def _place(row: DiscoveryPlace) -> Place:
    of = row.discovery
    wanted = Wanted(of.kind, row.near, row.latitude, row.longitude, row.radius_m)
    return Place(
        row.pk, row.tries, of.pk, of.is_sandbox, tuple(of.searches), of.per_place, wanted, row.trace
    )


def finish(ended: Searched, worker_id: UUID) -> bool:
    """Write how a place ended, if it still is this worker's; say so."""
    place = ended.place
    rows = DiscoveryPlace.objects.filter(pk=place.id, state="claimed", worker_id=worker_id)
    if not rows.select_for_update().exists():
        return False
    if ended.ending == "released":
        _release(ended)
        return True
    DiscoveryFind.objects.bulk_create(
        [
            DiscoveryFind(
                discovery_id=place.discovery_id, place_id=place.id, search=found.search,
                source_id=listed_id(found.business), business=found.business,
                answer_id=found.got.kept.answer_id, observed_at=found.got.kept.observed_at,
            )
            for found in ended.found
        ],
        batch_size=500, ignore_conflicts=True,
    )  # fmt: skip
    rows.update(
        state=ended.ending, worker_id=None, trace=ended.trace, error=ended.error[:300],
        found_count=len(ended.found), cost_usd=F("cost_usd") + ended.usd,
        finished_at=timezone.now(),
    )  # fmt: skip
    column = "done_count" if ended.ending == "done" else "failed_count"
    Discovery.objects.filter(pk=place.discovery_id).update(
        **{column: F(column) + 1}, found_count=F("found_count") + len(ended.found)
    )
    return True


def _release(ended: Searched) -> None:
    place = ended.place
    DiscoveryPlace.objects.filter(pk=place.id).update(
        state="waiting", worker_id=None, due_at=ended.due_at or timezone.now(),
        tries=F("tries") - (0 if ended.is_try else 1), trace=ended.trace,
        error=ended.error[:300], cost_usd=F("cost_usd") + ended.usd,
    )  # fmt: skip
    if ended.blocks:
        Discovery.objects.filter(pk=place.discovery_id, state=Discovery.State.WORKING).update(
            state=Discovery.State.BLOCKED, blocked_by=ended.blocks[:60], reason=ended.error[:300]
        )


class Searcher:
    """Works places until none is due; one per process and event loop."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def work(self, seconds: float, should_stop: Callable[[], bool] = lambda: False) -> bool:
        """Work for about `seconds`; tell whether there may be more."""
        lane = Lane("discovery")
        own = await lane.run(leases.register)
        heart = asyncio.create_task(_beat(lane, own))
        tasks: set[asyncio.Task[None]] = set()
        asker, stop_at, is_idle = Asker(self._gate, lane, own), time.monotonic() + seconds, False
        try:
            while time.monotonic() < stop_at and not should_stop() and not heart.done():
                places = await lane.run(claim, own, AT_ONCE - len(tasks), is_idle=not tasks)
                tasks |= {asyncio.create_task(_work(one, asker, lane, own)) for one in places}
                is_idle = not tasks
                if is_idle:
                    break
                _, tasks = await asyncio.wait(
                    tasks, timeout=1.0, return_when=asyncio.FIRST_COMPLETED
                )
            if tasks:
                await asyncio.wait(tasks)
        finally:
            heart.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(heart, *tasks, return_exceptions=True)
            await lane.run(give_back, own)
            lane.close()
        return not is_idle


async def _beat(lane: Lane, own: UUID) -> None:
    while True:
        await asyncio.sleep(settings.LEASE_S / 6)
        if not await lane.run(leases.beat, own):
            return


async def _work(place: Place, asker: Asker, lane: Lane, own: UUID) -> None:
    try:
        ended = await search_place(place, asker)
    except Stopped:
        ended = Searched(place, "released", is_try=False)
    except TakenOver:
        return
    except Exception as mistake:
        log.exception("place_failed", place=place.id)
        ended = Searched(place, "failed", f"{type(mistake).__name__} in our own code")
    await lane.run(finish, ended, own)


def give_back(own: UUID) -> None:
    """Let go of what a leaving worker holds, if anything; it counts as no loss."""
    DiscoveryPlace.objects.filter(state="claimed", worker_id=own).update(
        state="waiting", worker_id=None, due_at=timezone.now(), tries=F("tries") - 1
    )
    leases.leave(own)


def give_up(dead: list[int]) -> None:
    """Write down places that took three workers with them, with their discoveries' counts."""
    places = DiscoveryPlace.objects.filter(pk__in=dead)
    places.update(error=GIVEN_UP, finished_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE enrichment_discovery d SET failed_count = failed_count + n.count FROM ("
            "SELECT discovery_id, count(*) FROM enrichment_discoveryplace WHERE id = ANY(%s)"
            " GROUP BY discovery_id) AS n (id, count) WHERE d.id = n.id",
            [dead],
        )
