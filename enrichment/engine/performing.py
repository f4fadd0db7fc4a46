"""Performing an item: ask what the planner says until nothing is left to ask."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta

import structlog

from enrichment.engine.asking import Asker
from enrichment.engine.items import CutShort, Finished, Item, Outcome
from enrichment.engine.learning import learn
from enrichment.planner import decide
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

UnderWay = dict["asyncio.Task[list[Outcome]]", frozenset[str]]


async def perform(item: Item, asker: Asker) -> Finished:
    """Work an item to its end, or to where it has to wait.

    Runs in a task, and so in a context, of its own: other items may be of other runs.
    """
    run = item.run
    structlog.contextvars.bind_contextvars(correlation_id=run.correlation_id, run=run.id)
    under_way: UnderWay = {}
    try:
        await _ask_all(item, asker, under_way)
    except CutShort as cut:
        for rest in await asyncio.gather(*under_way, return_exceptions=True):
            if isinstance(rest, list):
                learn(item, rest)
        return _cut_short(item, cut.error, cut.provider)
    return _ended(item)


async def _ask_all(item: Item, asker: Asker, under_way: UnderWay) -> None:
    while True:
        asked_now = frozenset().union(*under_way.values())
        decision = decide(item.run.plan, item.known, item.sure, item.asked - asked_now, asked_now)
        calls = asker.start(item, decision.start)
        item.asked.update(lookup.slug for lookup in decision.start)
        if len(calls) == 1 and not under_way:
            learn(item, await calls[0][1])
            continue
        under_way.update({asyncio.ensure_future(call): slugs for slugs, call in calls})
        if not under_way:
            _note_skipped(item, decision.skipped)
            return
        done, _ = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            del under_way[task]
        for task in done:
            learn(item, task.result())


def _note_skipped(item: Item, skipped: dict[str, str]) -> None:
    is_valid = "phone" in item.known
    for slug, why in skipped.items():
        reason = why if is_valid or "phone" not in why.split() else NOT_VALID
        item.trace.setdefault(slug, {"o": "skipped", "why": reason})


def _ended(item: Item) -> Finished:
    outcomes = [entry["o"] for entry in item.trace.values()]
    errors = [entry["why"] for entry in item.trace.values() if entry["o"] == "error"]
    if errors and not {"hit", "miss", "reused"} & set(outcomes):
        return Finished(item, "failed", errors[0])
    return Finished(item, "done")


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
        return Finished(item, "released", text, due_at, is_try=False)
    if item.tries < MAX_TRIES:
        pause_s = FIRST_PAUSE_S * 2 ** (item.tries - 1) * random.uniform(0.5, 1.5)
        return Finished(item, "released", text, now + timedelta(seconds=pause_s))
    return Finished(item, "dead", f"given up after {item.tries} tries: {text}")
