"""Recorded answers with one thing in them of another shape: understood, or the contract is broken.

Nothing else may come of it: no crash, and no fact that fits no column. Each value of each recorded
hit is replaced in turn by what a provider that changed might send.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from enrichment import golden
from integrations.errors import CallError
from integrations.provider import Fact, Provider, Reply
from tests.integrations.recording import (
    RecordedGate,
    files,
    replay,
    replay_search,
    search_files,
)

# All of them take minutes: BROKEN_SHAPES=all asks them.
MOST = 100_000 if os.environ.get("BROKEN_SHAPES") == "all" else 40
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DEEP: Any = []
for _ in range(200):
    DEEP = [DEEP, {"data": DEEP}] if len(str(DEEP)) < 2000 else [DEEP]
STRANGE: tuple[Any, ...] = (
    None, True, -1, 1e308, "a\x00b", "x" * 20_000, [], {}, [None], [{}], {"a": [1]}, DEEP, "NaN",
    "2026-13-45", "🦊", 0.5,
)  # fmt: skip


def is_hit(recorded: dict[str, Any]) -> bool:
    return bool(recorded.get("facts") or recorded.get("businesses"))


CASES = [
    pytest.param(of, path, id=f"{of.slug}-{path.stem}")
    for of, path in files()
    if is_hit(json.loads(path.read_text()))
]
SEARCHES = [
    pytest.param(of, path, id=f"{of.slug}-{path.stem}")
    for of, path in search_files()
    if is_hit(json.loads(path.read_text()))
]


def places(body: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value; of a list only the first two."""
    yield at
    if isinstance(body, dict):
        for key in body:
            yield from places(body[key], (*at, key))
    elif isinstance(body, list):
        for index in range(min(2, len(body))):
            yield from places(body[index], (*at, index))


def changed(recorded: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the recorded contract with one value of one answer replaced, and with it cut off."""
    for number, exchange in enumerate(recorded["exchanges"]):
        for at in places(exchange.get("body")):
            for strange in STRANGE:
                other = deepcopy(recorded)
                put(other["exchanges"][number], ("body", *at), strange)
                yield other
        text = json.dumps(exchange.get("body"))
        for cut in (0, 1, len(text) // 2, len(text) - 1):
            other = deepcopy(recorded)
            other["exchanges"][number]["body"] = text[:cut]
            yield other


def some(recorded: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return a few of those, always the same of one file."""
    every = list(changed(recorded))
    return random.Random(name).sample(every, min(MOST, len(every)))


def put(body: Any, at: tuple[Any, ...], value: Any) -> None:
    for key in at[:-1]:
        body = body[key]
    body[at[-1]] = value


def repeating(recorded: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the exchanges with the last one said again and again, should more be asked."""
    return [*recorded["exchanges"], *[recorded["exchanges"][-1]] * 250]


@pytest.mark.parametrize(("provider", "path"), CASES)
def test_a_changed_answer_breaks_the_contract_and_nothing_else(provider: Provider, path: Path):
    recorded = json.loads(path.read_text())
    lookup = provider.lookups[recorded["lookup"]]

    for other in some(recorded, path.stem):
        replies: list[Reply] = []
        with time_machine.travel(NOON, tick=False):
            try:
                replies = replay(provider, other, RecordedGate(repeating(other)))
            except CallError:
                continue
        for reply in replies:
            spoiled = [fact for fact in reply.facts if not fits(fact, lookup.supplies)]
            assert not spoiled, (spoiled, other["exchanges"])


def fits(fact: Fact, promised: frozenset[str]) -> bool:
    """Tell whether a fact is one that the lookup promised and that the engine can keep."""
    try:
        kept = golden.coerce(fact.field, fact.value)
    except CallError:
        return True  # the engine calls the whole answer broken
    is_text = not isinstance(kept, str) or "\x00" not in kept
    return fact.field in promised and 0 <= fact.confidence <= 1 and is_text


@pytest.mark.parametrize(("provider", "path"), SEARCHES)
def test_a_changed_page_breaks_the_contract_and_nothing_else(provider: Provider, path: Path):
    for other in some(json.loads(path.read_text()), path.stem):
        other["exchanges"] = repeating(other)
        try:
            replay_search(provider, other)
        except CallError:
            continue
