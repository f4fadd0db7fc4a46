"""Performing an item: ask what the planner says until nothing is left to ask.

A provider that cannot be asked is passed over while another can answer. When none is left, the
item waits: parked under the provider's name where that recovers by itself. Where a person has to
act, its run is blocked, unless somebody else could be asked for the field.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime, timedelta

import structlog

from enrichment.engine.asking import Asker
from enrichment.engine.items import CutShort, Finished, Item, Outcome
from enrichment.engine.learning import learn
from enrichment.planner import Decision, Held, decide
from integrations.errors import (
    AccountUnusable,
    CallError,
    CredentialRejected,
    OverBudget,
    QuotaExhausted,
    Refused,
    Throttled,
)

MAX_TRIES = 3
FIRST_PAUSE_S = 5.0
NOT_VALID = "the number is not valid, so it is sent to nobody"
MENDED_BY_PEOPLE = (AccountUnusable, CredentialRejected, QuotaExhausted, OverBudget)

UnderWay = dict["asyncio.Task[list[Outcome]]", frozenset[str]]


async def perform(item: Item, asker: Asker) -> Finished:
    """Work an item to its end, or to where it has to wait.

    Runs in a task, and so in a context, of its own: other items may be of other runs.
    """
    run = item.run
    structlog.contextvars.bind_contextvars(correlation_id=run.correlation_id, run=run.id)
    under_way: UnderWay = {}
    try:
        last = await _ask_all(item, asker, under_way)
    except CutShort as cut:
        for rest in await asyncio.gather(*under_way, return_exceptions=True):
            if isinstance(rest, list):
                learn(item, rest)
        return _cut_short(item, cut.error, cut.provider)
    return _ended(item, last)


async def _ask_all(item: Item, asker: Asker, under_way: UnderWay) -> Decision:
    """Ask until nothing can start; return the last decision. Raises CutShort for the whole item."""
    while True:
        asked_now = frozenset(item.pending).union(*under_way.values())
        if not item.run.has_one_provider:
            item.closed |= asker.closed(item)
        decision = decide(
            item.run.plan, item.known, item.sure, item.asked - asked_now, asked_now,
            closed={slug: _words(why) for slug, why in item.closed.items()},
            paid_usd=item.paid_usd + item.cost_usd,
        )  # fmt: skip
        calls = asker.start(item, decision.start)
        item.asked.update(lookup.slug for lookup in decision.start)
        if len(calls) == 1 and not under_way:  # without a task of its own, which costs
            slugs, call = calls[0]
            await _hear(item, slugs, call)
            continue
        under_way.update({asyncio.ensure_future(call): slugs for slugs, call in calls})
        if not under_way:
            return decision
        done, _ = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        for task, slugs in [(task, under_way.pop(task)) for task in done]:
            await _hear(item, slugs, task)


async def _hear(item: Item, slugs: frozenset[str], call: Awaitable[list[Outcome]]) -> None:
    """Learn what a call brought; or close its provider. Raises CutShort for the whole item."""
    try:
        outcomes = await call
    except CutShort as cut:
        item.asked -= slugs
        _close(item, cut)
    else:
        learn(item, outcomes)


def _close(item: Item, cut: CutShort) -> None:
    """Ask this provider no more, or nobody where the plan has no other. Raises CutShort then."""
    is_of_run = isinstance(cut.error, OverBudget) and cut.error.code.startswith("run:")
    is_mode = isinstance(cut.error, AccountUnusable) and cut.error.code == "mode"
    if is_of_run or is_mode or item.run.has_one_provider:
        raise cut
    item.closed[cut.provider] = cut.error


def _ended(item: Item, last: Decision) -> Finished:
    """Return what becomes of an item that has nothing more to ask now."""
    held = _waited_for(item, last.held)
    if held:
        provider = min(held, key=lambda slug: _rank(item.closed[slug]))
        finished = _cut_short(item, item.closed[provider], provider)
        if finished.ending == "released" or held[provider].is_only:
            return finished
    if item.pending:
        why = f"waits for the answer of {', '.join(sorted(item.pending))}"
        return Finished(item, "released", why, min(item.pending.values()), is_try=False)
    _note_skipped(item, last.skipped)
    outcomes = [entry["o"] for entry in item.trace.values()]
    errors = [entry["why"] for entry in item.trace.values() if entry["o"] == "error"]
    if errors and not {"hit", "miss", "reused"} & set(outcomes):
        return Finished(item, "failed", errors[0])
    return Finished(item, "done")


def _waited_for(item: Item, held: Mapping[str, Held]) -> dict[str, Held]:
    """Return the providers worth waiting for.

    One that a person has to mend is not, where another has answered for the field.
    """
    found: dict[str, Held] = {}
    for one in held.values():
        is_mended_by_people = isinstance(item.closed[one.provider], MENDED_BY_PEOPLE)
        if one.is_only or not is_mended_by_people:
            before = found.get(one.provider)
            found[one.provider] = Held(one.provider, one.is_only or bool(before and before.is_only))
    return found


def _rank(error: CallError) -> int:
    """Order reasons: what passes by itself before what a person has to mend."""
    return 1 if isinstance(error, MENDED_BY_PEOPLE) else 0


def _note_skipped(item: Item, skipped: Mapping[str, str]) -> None:
    is_valid = "phone" in item.known or "phone" not in item.run.inputs
    for slug, why in skipped.items():
        reason = why if is_valid or "phone" not in why.split() else NOT_VALID
        item.trace.setdefault(slug, {"o": "skipped", "why": reason})


def _words(error: CallError) -> str:
    return f"{type(error).__name__}: {error}"[:200]


def _cut_short(item: Item, error: CallError, provider: str) -> Finished:
    text = str(error)
    now = datetime.now(UTC)
    if isinstance(error, OverBudget):
        return Finished(item, "released", text, is_try=False, blocks=f"cap:{error.code}")
    if isinstance(error, AccountUnusable | CredentialRejected | QuotaExhausted):
        blocks = "mode" if error.code == "mode" else f"provider:{provider}"
        return Finished(item, "released", text, is_try=False, blocks=blocks)
    if isinstance(error, Refused | Throttled):
        due_at = error.retry_at or now + timedelta(seconds=error.retry_after_s or FIRST_PAUSE_S)
        is_alone = item.run.has_one_provider
        return Finished(
            item, "released", text, due_at, is_try=False,
            parked_by="" if is_alone else provider, holds_run=is_alone,
        )  # fmt: skip
    if item.tries < MAX_TRIES:
        pause_s = FIRST_PAUSE_S * 2 ** (item.tries - 1) * random.uniform(0.5, 1.5)
        return Finished(item, "released", text, now + timedelta(seconds=pause_s))
    return Finished(item, "dead", f"given up after {item.tries} tries: {text}")
