"""Asking: a question goes to the desk, then to its provider, and comes back as outcomes.

Equal questions in flight share one call: in this process by `_open`, where a call stays until
what it brought is written, and across processes by the reservation that the desk makes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

import structlog

from enrichment import golden, questions
from enrichment.engine.desk import Desk, Request
from enrichment.engine.items import ZERO, AnswerRow, CutShort, Item, Outcome
from enrichment.engine.writing import Batch
from integrations.accounts import Accounts
from integrations.api import HttpApi
from integrations.calls import Call
from integrations.errors import (
    CallError,
    ContractBroken,
    CredentialRejected,
    NotEntitled,
    NotFound,
    OutcomeHeld,
    OutcomeUnknown,
    QuotaExhausted,
    RateReached,
    Unreachable,
)
from integrations.gate import Gate
from integrations.ids import uuid7
from integrations.ledger import Settled
from integrations.provider import Ask, Gather, Lookup, Reply
from integrations.registry import provider

log = structlog.get_logger(__name__)

ELSEWHERE_S = 90.0
REPEATS_OF_UNKNOWN = 2
GATHER_S = 0.02
FAR = timedelta(days=3650)

Answers = dict[UUID, Outcome]
Waiting = tuple[Request, asyncio.Future[Sequence[Reply]]]


class Asker:
    """Asks lookups for items; what ends goes into `batch()`, to be written by the engine."""

    def __init__(
        self, desk: Desk, gate: Gate, accounts: Accounts, batch: Callable[[], Batch]
    ) -> None:
        self._desk = desk
        self._gate = gate
        self._accounts = accounts
        self._batch = batch
        self._open: dict[UUID, asyncio.Future[Answers]] = {}
        self._gathering: dict[tuple[str, str], list[Waiting]] = {}

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
                was = answers[key]
                request.answered[key] = Outcome(
                    was.lookup, was.kind, was.facts, was.observed_at, was.answer, is_reused=True
                )

    def _outcomes(self, request: Request) -> list[Outcome]:
        return [request.answered[key] for _, key in request.asks]

    async def _ask_until_known(self, request: Request) -> None:
        """Ask, and again when the outcome stayed hidden and a second price is bearable."""
        lost_usd = ZERO
        for repeat in range(REPEATS_OF_UNKNOWN + 1):
            await self._get_leave(request)
            if not request.open_asks():
                break
            opened = request.open_asks()
            replies = await self._perform(request)
            hidden = [r.error for r in replies if isinstance(r.error, OutcomeUnknown)]
            self._take(request, opened, replies, lost_usd)
            if not hidden or repeat == REPEATS_OF_UNKNOWN:
                break
            if self._price(request, opened) > self._hold_above(request):
                for _, key in opened:
                    request.answered[key].error = OutcomeHeld(
                        f"{request.provider}: the outcome of a call is unknown; decide on its page"
                    )
                break
            lost_usd += self._price(request, opened)
            for _, key in opened:
                del request.answered[key]
            request.request_id = uuid7()
        errors = [request.answered[key].error for _, key in request.asks]
        if errors and all(errors):
            first = errors[0]
            assert first is not None
            if _concerns_all(first):
                outcomes = self._outcomes(request)
                request.item.cost_usd += sum((outcome.usd for outcome in outcomes), ZERO)
                raise first

    def _price(self, request: Request, opened: Sequence[tuple[Ask, UUID]]) -> Decimal:
        return sum((self._accounts.terms(ask.lookup).price.usd for ask, _ in opened), ZERO)

    def _hold_above(self, request: Request) -> Decimal:
        assert request.view is not None
        return request.view.hold_unknown_above_usd

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

    async def _perform(self, request: Request) -> Sequence[Reply]:
        gather = request.asks[0][0].lookup.gather
        assert request.view is not None
        if gather and gather.size(request.view.options) > 1:
            return await self._perform_in_batch(request, gather)
        return (await self._call([request]))[0]

    async def _perform_in_batch(self, request: Request, gather: Gather) -> Sequence[Reply]:
        """Wait a moment for others, then ask for all together."""
        assert request.view is not None
        waiting = self._gathering.setdefault((request.provider, gather.name), [])
        mine: asyncio.Future[Sequence[Reply]] = asyncio.get_running_loop().create_future()
        waiting.append((request, mine))
        if len(waiting) == 1:
            await asyncio.sleep(GATHER_S)
            await self._call_gathered(request, gather)
        elif len(waiting) >= gather.size(request.view.options):
            await self._call_gathered(request, gather)
        return await mine

    async def _call_gathered(self, request: Request, gather: Gather) -> None:
        together = self._gathering.pop((request.provider, gather.name), [])
        if not together:
            return
        await self._desk.join([one for one, _ in together])
        replies = await self._call([one for one, _ in together])
        for (_, future), own in zip(together, replies, strict=True):
            future.set_result(own)

    async def _call(self, requests: Sequence[Request]) -> list[Sequence[Reply]]:
        """Make one call for requests that were granted; return the replies to each."""
        opened = [request.open_asks() for request in requests]
        asks = [ask for pairs in opened for ask, _ in pairs]
        first = requests[0]
        assert first.view is not None
        names = tuple(dict.fromkeys(ask.lookup.name for ask in asks))
        call = Call(provider(first.provider), first.view, first.request_id, names)
        replies = list(await self._replies(call, asks))
        self._settle(call, requests, opened, replies)
        if isinstance(call.error, CredentialRejected | QuotaExhausted):
            self._batch().stops.append(call)
        parts: list[Sequence[Reply]] = []
        at = 0
        for pairs in opened:
            parts.append(replies[at : at + len(pairs)])
            at += len(pairs)
        return parts

    async def _replies(self, call: Call, asks: Sequence[Ask]) -> Sequence[Reply]:
        api = HttpApi(self._gate, call)
        lookup = asks[0].lookup
        try:
            if lookup.gather:
                return [_checked(r) for r in await lookup.gather.ask(api, asks)]
            assert lookup.ask is not None
            facts = await lookup.ask(api, asks[0].question)
            return [_checked(Reply(facts, api.last_body))]
        except NotFound:
            return [Reply(raw=api.last_body, is_billed=False) for _ in asks]
        except CallError as error:
            call.error = call.error or error
            return [Reply(error=error, raw=api.last_body) for _ in asks]
        except (KeyError, TypeError, ValueError, AttributeError, LookupError) as mistake:
            log.exception("provider_file_failed", provider=call.provider.slug, lookup=lookup.slug)
            broken = ContractBroken(f"{lookup.slug}: {type(mistake).__name__} reading the answer")
            call.error = broken
            return [Reply(error=broken, raw=api.last_body) for _ in asks]

    def _settle(
        self,
        call: Call,
        requests: Sequence[Request],
        opened: Sequence[Sequence[tuple[Ask, UUID]]],
        replies: Sequence[Reply],
    ) -> None:
        """Hand the call to the ledger, or give its reservations back when nothing was sent."""
        batch = self._batch()
        intents = [request.intent for request in requests if request.intent]
        batch.call_keys.extend(request.call_key for request in requests)
        if not call.sent and not isinstance(call.error, Unreachable):
            batch.released.extend(intents)
            return
        asks = [ask for pairs in opened for ask, _ in pairs]
        parts = [
            (ask.lookup.name, _kind(reply), self._charged(ask.lookup, reply))
            for ask, reply in zip(asks, replies, strict=True)
        ]
        batch.settled.append(Settled(call, intents, _ending(replies), parts))

    def _charged(self, lookup: Lookup, reply: Reply) -> Decimal:
        price = self._accounts.terms(lookup).price
        if isinstance(reply.error, OutcomeUnknown) or (not reply.error and reply.facts):
            return price.usd
        is_free = reply.error or price.on_hit_only or not reply.is_billed
        return ZERO if is_free else price.usd

    def _take(
        self,
        request: Request,
        opened: Sequence[tuple[Ask, UUID]],
        replies: Sequence[Reply],
        lost_usd: Decimal,
    ) -> None:
        now = datetime.now(UTC)
        batch = self._batch()
        for at, ((ask, key), reply) in enumerate(zip(opened, replies, strict=True)):
            charged = self._charged(ask.lookup, reply)
            outcome = Outcome(
                ask.lookup.slug,
                _kind(reply),
                {fact.field: (fact.value, fact.confidence) for fact in reply.facts},
                now.isoformat(),
                usd=charged + (lost_usd if at == 0 else ZERO),
                error=reply.error,
            )
            request.answered[key] = outcome
            is_held = isinstance(reply.error, OutcomeUnknown) and self._price(
                request, opened
            ) > self._hold_above(request)
            if reply.error and not is_held:
                continue
            row = AnswerRow(
                uuid7(),
                key,
                ask.lookup.slug,
                request.request_id,
                "unknown" if is_held else outcome.kind,
                outcome.facts,
                reply.raw,
                charged,
                request.item.run.is_sandbox,
                now,
                now + (FAR if is_held else self._accounts.terms(ask.lookup).fresh_for),
            )
            outcome.answer = str(row.id)
            batch.answers.append(row)


def _checked(reply: Reply) -> Reply:
    """Return the reply in our terms: "not found" is a miss, a fact that fits no column an error."""
    if isinstance(reply.error, NotFound):
        return Reply(raw=reply.raw, is_billed=False)
    if reply.error or not reply.facts:
        return reply
    try:
        for fact in reply.facts:
            golden.coerce(fact.field, fact.value)
    except (ContractBroken, KeyError) as broken:
        error = broken if isinstance(broken, ContractBroken) else ContractBroken(str(broken))
        return Reply(raw=reply.raw, error=error)
    return reply


def _kind(reply: Reply) -> Literal["hit", "miss", "error"]:
    return "error" if reply.error else "hit" if reply.facts else "miss"


def _ending(replies: Sequence[Reply]) -> str:
    if any(isinstance(reply.error, OutcomeUnknown) for reply in replies):
        return "unknown"
    return "failed" if all(reply.error for reply in replies) else "answered"


def _concerns_all(error: CallError) -> bool:
    """Tell whether the item cannot go on now: not an error about this one question."""
    about_one = OutcomeHeld | ContractBroken | NotEntitled
    return error.acts != "nobody" and not isinstance(error, about_one)
