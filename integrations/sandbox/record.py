"""Counts what the sandbox was asked, and keeps every call in a few bytes."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from integrations.sandbox.faults import ANSWERED, DROPPED, OUTCOMES

# About 35 bytes a call: 70 MB when full. The older half goes when it is.
CAPACITY = 2_000_000
NO_ID = bytes(16)
LARGEST_NUMBER = 1 << 63  # E.164 has 15 digits; what is no number is kept as a hash above


class Heard(NamedTuple):
    """One request as it arrived; `request_id` has 16 bytes, `attempt` counts from 1."""

    request_id: bytes
    attempt: int
    provider: str
    outcome: int


class Record:
    """The sandbox's own ledger, in columns; calls are numbered from 1 as they arrive."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self.forgotten = 0
        self.peak_in_flight = 0
        self._counts: Counter[tuple[int, int, bool]] = Counter()
        self._groups: dict[tuple[str, tuple[str, ...]], int] = {}
        self._ids = bytearray()
        self._keys = array("Q")
        self._group_of = array("H")
        self._marks = array("H")

    def __len__(self) -> int:
        return len(self._keys)

    def add(
        self,
        heard: Heard,
        lookups: tuple[str, ...],
        keys: tuple[str, ...],
        charged: tuple[str, ...],
    ) -> None:
        """Record one request: one call per key, those in `charged` as billed."""
        group = self._groups.setdefault((heard.provider, lookups), len(self._groups))
        mark = heard.outcome | min(heard.attempt, 255) << 4
        if len(self._keys) + len(keys) > self.capacity:
            self._forget()
        for key in keys or ("",):
            is_charged = key in charged
            self._counts[(group, heard.outcome, is_charged)] += 1
            self._ids += heard.request_id
            self._keys.append(as_number(key))
            self._group_of.append(group)
            self._marks.append(mark | is_charged << 3)

    def _forget(self) -> None:
        half = max(1, len(self._keys) // 2)
        for column in (self._keys, self._group_of, self._marks):
            del column[:half]
        del self._ids[: half * 16]
        self.forgotten += half

    def count(self) -> dict[str, Any]:
        """Return totals by provider, lookup and outcome; a call counts once per lookup."""
        names = {place: named for named, place in self._groups.items()}
        total: Counter[str] = Counter()
        providers: dict[str, dict[str, dict[str, int]]] = {}
        for (group, outcome, is_charged), times in self._counts.items():
            provider, lookups = names[group]
            words = [OUTCOMES[outcome], "charged"] if is_charged else [OUTCOMES[outcome]]
            total.update(dict.fromkeys(["calls", *words], times))
            for lookup in lookups:
                counts = providers.setdefault(provider, {}).setdefault(lookup, {})
                for word in words:
                    counts[word] = counts.get(word, 0) + times
        zeros = dict.fromkeys(("calls", *OUTCOMES, "charged"), 0)
        return {
            **zeros,
            **total,
            "providers": providers,
            "peak_in_flight": self.peak_in_flight,
            "forgotten": self.forgotten,
        }

    def lines(self, after: int = 0, limit: int | None = None) -> Iterator[bytes]:
        """Yield the calls numbered above `after` as JSON lines, oldest first."""
        names = [named for named, _ in sorted(self._groups.items(), key=lambda item: item[1])]
        first = max(0, after - self.forgotten)
        last = len(self) if limit is None else min(len(self), first + limit)
        for place in range(first, last):
            yield orjson.dumps(self._call(place, names), option=orjson.OPT_APPEND_NEWLINE)

    def _call(self, place: int, names: list[tuple[str, tuple[str, ...]]]) -> dict[str, Any]:
        provider, lookups = names[self._group_of[place]]
        request_id = bytes(self._ids[place * 16 : place * 16 + 16])
        marks, key = self._marks[place], self._keys[place]
        return {
            "n": place + self.forgotten + 1,
            "request_id": None if request_id == NO_ID else str(UUID(bytes=request_id)),
            "attempt": marks >> 4,
            "provider": provider,
            "lookups": lookups,
            "key": f"+{key}" if 0 < key < LARGEST_NUMBER else f"#{key:x}" if key else "",
            "outcome": OUTCOMES[marks & 7],
            "charged": bool(marks & 8),
        }


def as_number(key: str) -> int:
    """Return a key's 64 bits: a number's digits, else a hash above all of them; 0 for none."""
    if key[1:].isdigit() and len(key) < 17:
        return int(key[1:])
    hashed = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big")
    return hashed | LARGEST_NUMBER if key else 0


def as_id(header: bytes) -> bytes:
    """Return a request id header as 16 bytes; zeros when it is absent or no UUID."""
    try:
        found = bytes.fromhex(header.replace(b"-", b"").decode())
    except ValueError:
        return NO_ID
    return found if len(found) == 16 else NO_ID


def is_chargeable(outcome: int) -> bool:
    """Return whether a provider would bill a request that ended so."""
    return outcome in (ANSWERED, DROPPED)
