"""Asking: a question goes to the desk, then to its provider, and comes back as outcomes.

Equal questions in flight share one call: in this process by `_open`, where a call stays until
what it brought is written, and across processes by the reservation that the desk makes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from enrichment import questions
from enrichment.engine.calling import Caller
from enrichment.engine.desk import Desk, Request
from enrichment.engine.items import ZERO, CutShort, Item, Outcome
from integrations.errors import (
    CallError,
    ContractBroken,
    NotEntitled,
    OutcomeHeld,
    OutcomeUnknown,
    RateReached,
)
from integrations.ids import uuid7
from integrations.provider import Ask, Gather, Lookup

ELSEWHERE_S = 90.0
REPEATS_OF_UNKNOWN = 2
GATHER_S = 0.02

Answers = dict[UUID, Outcome]
Waiting = tuple[Request, asyncio.Future[None]]


Closed = Callable[[str, bool], CallError | None]


class Asker:
    """Asks lookups for items; one per engine. `closed` tells why a provider cannot be asked."""

    def __init__(self, desk: Desk, caller: Caller, closed: Closed) -> None:
        self._desk = desk
        self._caller = caller
        self._closed = closed
        self._open: dict[UUID, asyncio.Future[Answers]] = {}
        self._gathering: dict[tuple[str, str], list[Waiting]] = {}

    def closed(self, item: Item) -> dict[str, CallError]:
        """Return the providers that need not be tried for an item, and why."""
        run = item.run
        slugs = run.providers - item.closed.keys()
        return {slug: why for slug in slugs if (why := self._closed(slug, run.is_sandbox))}

    def written(self, call_keys: Iterable[UUID]) -> None:
        """Forget calls whose outcome stands in the database."""
        for key in call_keys:
            self._open.pop(key, None)

    def start(
        self, item: Item, lookups: Sequence[Lookup]
    ) -> list[tuple[frozenset[str], Awaitable[list[Outcome]]]]:
        """Return per call that the lookups make: their slugs, and the awaitable of its outcomes.

        The awaitable raises CutShort when the item cannot go on now.
        """
        return [
            (frozenset(ask.lookup.slug for ask, _ in request.asks), self._ask(request))
            for request in self._requests(item, lookups)
        ]

    def _requests(self, item: Item, lookups: Sequence[Lookup]) -> list[Request]:
        groups: dict[UUID, list[tuple[Ask, UUID]]] = {}
        is_sandbox = item.run.is_sandbox
        for lookup in lookups:
            about = questions.question(lookup, item.known)
            key = questions.question_key(lookup, about, is_sandbox=is_sandbox)
            shared = questions.call_key(lookup, about, is_sandbox=is_sandbox)
            groups.setdefault(shared, []).append((Ask(lookup, about), key))
        return [
            Request(
                item,
                pairs[0][0].lookup.provider,
                pairs,
                shared,
                uuid7(),
            )
            for shared, pairs in groups.items()
        ]

    async def _ask(self, request: Request) -> list[Outcome]:
        """Return an outcome per ask. Raises CutShort when the whole call came to nothing."""
        while shared := self._open.get(request.call_key):
            answers = await asyncio.shield(shared)
            self._reuse(request, answers)
            if not request.open_asks():
                return self._outcomes(request)
            if self._open.get(request.call_key) is shared:
                break  # written soon; the desk knows what is still open
        mine: asyncio.Future[Answers] = asyncio.get_running_loop().create_future()
        mine.add_done_callback(lambda future: future.cancelled() or future.exception())
        self._open[request.call_key] = mine
        try:
            await self._ask_until_known(request)
        except CallError as error:
            raise CutShort(error, request.provider) from error
        finally:
            mine.set_result(dict(request.answered))
            if request.intent is None:  # nothing to be written: the next one asks the desk
                self._open.pop(request.call_key, None)
        return self._outcomes(request)

    def _reuse(self, request: Request, answers: Answers) -> None:
        for _, key in request.open_asks():
            if key in answers and answers[key].kind != "error":
                request.answered[key] = replace(answers[key], usd=ZERO, is_reused=True)

    def _outcomes(self, request: Request) -> list[Outcome]:
        return [request.answered[key] for _, key in request.asks]

    async def _ask_until_known(self, request: Request) -> None:
        """Ask, and again when the outcome stayed hidden and a second price is bearable."""
        lost_usd = ZERO
        for repeats in range(1 + REPEATS_OF_UNKNOWN):
            try:
                await self._get_leave(request)
            except CallError:
                request.item.cost_usd += lost_usd
                raise
            opened = request.open_asks()
            if not opened:
                break
            await self._perform(request)
            hidden = [key for _, key in opened if is_hidden(request.answered[key])]
            if not hidden or repeats == REPEATS_OF_UNKNOWN:
                break
            now_usd = sum((request.answered[key].usd for key in hidden), ZERO)
            if not _is_borne(request.item, lost_usd + now_usd):
                break
            lost_usd += now_usd
            for key in hidden:
                del request.answered[key]
            request.request_id = uuid7()
        outcomes = self._outcomes(request)
        outcomes[0].usd += lost_usd
        errors = [outcome.error for outcome in outcomes]
        if errors[0] and all(errors) and _concerns_all(errors[0]):
            request.item.cost_usd += sum((outcome.usd for outcome in outcomes), ZERO)
            raise errors[0]

    async def _get_leave(self, request: Request) -> None:
        """Return once the request is answered or granted. Raises why it is refused."""
        pause_s, waited_s = 0.05, 0.0
        while True:
            await self._desk.serve(request)
            if request.error:
                raise request.error
            if not request.is_elsewhere:
                return
            if waited_s > ELSEWHERE_S:
                raise RateReached("another worker asks the same and does not finish")
            await asyncio.sleep(pause_s)
            waited_s += pause_s
            pause_s = min(pause_s * 1.5, 1.0)

    async def _perform(self, request: Request) -> None:
        gather = request.asks[0][0].lookup.gather
        assert request.view is not None
        if gather and gather.size(request.view.options) > 1:
            await self._perform_in_batch(request, gather, gather.size(request.view.options))
        else:
            await self._caller.call([request])

    async def _perform_in_batch(self, request: Request, gather: Gather, size: int) -> None:
        """Wait a moment for others, then ask for all together."""
        kind = (request.provider, gather.name)
        waiting = self._gathering.setdefault(kind, [])
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append((request, mine))
        if len(waiting) == 1:
            await asyncio.sleep(GATHER_S)
            if self._gathering.get(kind) is waiting:
                await self._call_gathered(kind)
        elif len(waiting) >= size:
            await self._call_gathered(kind)
        await mine

    async def _call_gathered(self, kind: tuple[str, str]) -> None:
        together = self._gathering.pop(kind)
        requests = [request for request, _ in together]
        failure: Exception | None = None
        try:
            await self._desk.join(requests)
            await self._caller.call(requests)
        except Exception as error:  # noqa: BLE001 - handed to every task that waits for it
            failure = error
        for _, done in together:
            if failure:
                done.set_exception(failure)
            else:
                done.set_result(None)


def is_hidden(outcome: Outcome) -> bool:
    """Tell whether the outcome is unknown and no person has to decide about it."""
    return isinstance(outcome.error, OutcomeUnknown)


def _is_borne(item: Item, lost_usd: Decimal) -> bool:
    """Tell whether the cap per contact bears what is under way once more, after it was lost."""
    plan = item.run.plan
    if plan.cap_usd is None:
        return True
    promised = [plan.prices.get(slug, ZERO) for slug in item.asked - item.trace.keys()]
    return item.paid_usd + item.cost_usd + lost_usd + sum(promised, ZERO) <= plan.cap_usd


def _concerns_all(error: CallError) -> bool:
    """Tell whether the item cannot go on now: not an error about this one question."""
    about_one = OutcomeHeld | ContractBroken | NotEntitled
    return error.acts != "nobody" and not isinstance(error, about_one)
