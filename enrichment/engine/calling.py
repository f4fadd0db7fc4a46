"""Calling: one call to a provider for granted requests, and what it leaves to be written.

The call's settlement and the answers that it brought go into the engine's batch together, so that
no transaction ever has the one without the other.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import structlog

from enrichment import golden
from enrichment.engine.charging import Pairs, charged, price_of
from enrichment.engine.desk import PENDING_FOR, Request
from enrichment.engine.items import AnswerRow, Outcome
from enrichment.engine.jsontext import clipped
from enrichment.engine.writing import Batch
from integrations.api import HttpApi
from integrations.calls import Call
from integrations.errors import (
    CallError,
    ContractBroken,
    CredentialRejected,
    NotFound,
    OutcomeHeld,
    OutcomeUnknown,
    Pending,
    QuotaExhausted,
    Unreachable,
)
from integrations.gate import Gate
from integrations.ids import uuid7
from integrations.ledger import Settled
from integrations.provider import Ask, Lookup, Reply
from integrations.registry import provider

log = structlog.get_logger(__name__)
CALLS = logging.getLogger(__name__)
BROKEN_EVERY_S = 60.0
NOT_FRESH = timedelta()
_broken_until: dict[str, float] = {}  # of this process, by provider

FAR = timedelta(days=3650)
# What reading an answer of another shape may raise where a provider's file is not on its guard.
MISREADING = (
    KeyError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError,
)  # fmt: skip
LEAST_PAUSE_S = 0.5


class Caller:
    """Makes calls through the gate; `batch()` is where what ended goes."""

    def __init__(self, gate: Gate, batch: Callable[[], Batch]) -> None:
        self._gate = gate
        self._batch = batch

    async def call(self, requests: Sequence[Request]) -> None:
        """Ask what the requests still want, in one call, and fill in their outcomes."""
        opened = [request.open_asks() for request in requests]
        asks = [ask for pairs in opened for ask, _ in pairs]
        first = requests[0]
        assert first.view is not None
        names = tuple(dict.fromkeys(ask.lookup.name for ask in asks))
        call = Call(provider(first.provider), first.view, first.request_id, names)
        replies = await self._replies(call, asks)
        self._settle(call, requests, asks, replies)
        at = 0
        for request, pairs in zip(requests, opened, strict=True):
            self._take(request, pairs, replies[at : at + len(pairs)])
            at += len(pairs)

    async def _replies(self, call: Call, asks: Sequence[Ask]) -> Sequence[Reply]:
        api = HttpApi(self._gate, call)
        lookup = asks[0].lookup
        try:
            if lookup.gather:
                return [_checked(reply) for reply in await lookup.gather.ask(api, asks)]
            assert lookup.ask is not None
            facts = await lookup.ask(api, asks[0].question)
            return [_checked(Reply(facts, api.last_body))]
        except NotFound:
            return [Reply(raw=api.last_body, is_billed=False) for _ in asks]
        except CallError as error:
            call.error = call.error or error
            return [Reply(error=error, raw=api.last_body) for _ in asks]
        except MISREADING as mistake:
            log.exception("provider_file_failed", provider=call.provider.slug, lookup=lookup.slug)
            call.error = ContractBroken(
                f"{lookup.slug}: {type(mistake).__name__} reading the answer"
            )
            return [Reply(error=call.error, raw=api.last_body) for _ in asks]

    def _settle(
        self, call: Call, requests: Sequence[Request], asks: Sequence[Ask], replies: Sequence[Reply]
    ) -> None:
        """Hand the call to the ledger, or give its reservations back when nothing was sent."""
        broken = next((r.error for r in replies if isinstance(r.error, ContractBroken)), None)
        call.error = call.error or broken  # of one in a batch, the call's own is none
        _note(call, broken)
        batch = self._batch()
        intents = [request.intent for request in requests if request.intent]
        batch.call_keys.extend(request.call_key for request in requests)
        if isinstance(call.error, CredentialRejected | QuotaExhausted):
            batch.stops.append(call)
        if not call.sent and not isinstance(call.error, Unreachable):
            batch.released.extend(intents)
            return
        parts = [
            (ask.lookup.name, _kind(reply), charged(requests[0], ask, reply))
            for ask, reply in zip(asks, replies, strict=True)
        ]
        batch.settled.append(Settled(call, intents, _ending(replies), parts))

    def _take(self, request: Request, opened: Pairs, replies: Sequence[Reply]) -> None:
        """Turn replies into outcomes of the request, and into answers to be kept."""
        now = datetime.now(UTC)
        is_dear = price_of(request, opened) > _threshold(request)
        for (ask, key), reply in zip(opened, replies, strict=True):
            outcome = Outcome(
                ask.lookup.slug,
                _kind(reply),
                {fact.field: (fact.value, fact.confidence) for fact in reply.facts},
                now.isoformat(),
                usd=charged(request, ask, reply),
                error=reply.error,
            )
            if isinstance(reply.error, Pending):
                _wait(outcome, reply.error, ask, request.taken_at.get(key, now), now)
            request.answered[key] = outcome
            is_held = is_dear and isinstance(reply.error, OutcomeUnknown)
            if is_held:
                outcome.error = OutcomeHeld(
                    f"{request.provider}: the outcome of a call is unknown; decide on its page"
                )
            if is_held or not outcome.error or isinstance(outcome.error, ContractBroken):
                row = _answer(request, ask.lookup, key, outcome, reply, now)
                outcome.answer = str(row.id)
                self._batch().answers.append(row)


def _wait(outcome: Outcome, later: Pending, ask: Ask, taken_at: datetime, now: datetime) -> None:
    """Let an outcome be one that comes later; without a new ticket the one we have stays."""
    outcome.kind, outcome.error = "pending", None
    outcome.ticket = later.ticket or ask.question.ticket
    outcome.observed_at = taken_at.isoformat()
    pause = timedelta(seconds=max(later.retry_after_s or 0.0, LEAST_PAUSE_S))
    outcome.due_at = now + pause


def _note(call: Call, broken: ContractBroken | None) -> None:
    """Log the call at DEBUG, as the ledger has it; a broken contract as an error, once a minute.

    A provider that changed its answers is for a developer to hear of, but not at every call.
    """
    if broken and time.monotonic() > _broken_until.get(call.provider.slug, 0.0):
        _broken_until[call.provider.slug] = time.monotonic() + BROKEN_EVERY_S
        log.error("contract_broken", exc_info=broken, **_facts(call))
    if CALLS.isEnabledFor(logging.DEBUG):
        log.debug("provider_called", **_facts(call))


def _facts(call: Call) -> dict[str, Any]:
    return {
        "provider": call.provider.slug,
        "lookups": call.lookups,
        "request_id": str(call.request_id),
        "status": call.status,
        "ms": call.ms,
        "error": type(call.error).__name__ if call.error else "",
    }


def _answer(
    request: Request, lookup: Lookup, key: UUID, outcome: Outcome, reply: Reply, now: datetime
) -> AnswerRow:
    is_broken = isinstance(outcome.error, ContractBroken)
    is_unknown = outcome.kind == "error" and not is_broken
    terms = request.terms[lookup.slug]
    counted = terms.counts_for(is_hit=outcome.kind != "miss")
    fresh_for = FAR if is_unknown else NOT_FRESH if is_broken else counted
    if reply.fresh_for is not None:
        fresh_for = min(fresh_for, reply.fresh_for)
    return AnswerRow(
        uuid7(),
        key,
        lookup.slug,
        request.request_id,
        "unknown" if is_unknown else "broken" if is_broken else outcome.kind,
        outcome.facts,
        clipped(reply.raw) if is_broken else reply.raw,
        outcome.usd,
        request.item.run.is_sandbox,
        datetime.fromisoformat(outcome.observed_at),
        now + (max(fresh_for, PENDING_FOR) if outcome.kind == "pending" else fresh_for),
        outcome.ticket,
        outcome.due_at,
    )


def _threshold(request: Request) -> Decimal:
    assert request.view is not None
    return request.view.hold_unknown_above_usd


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


def _kind(reply: Reply) -> Literal["hit", "miss", "error", "pending"]:
    if isinstance(reply.error, Pending):
        return "pending"
    return "error" if reply.error else "hit" if reply.facts else "miss"


def _ending(replies: Sequence[Reply]) -> str:
    if any(isinstance(reply.error, OutcomeUnknown) for reply in replies):
        return "unknown"
    failures = [reply.error for reply in replies if not isinstance(reply.error, Pending)]
    return "failed" if failures and all(failures) else "answered"
