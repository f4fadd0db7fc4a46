"""The rules of lead intelligence as read from their file; pure values, no database."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """Leads of these providers with a readiness from `low` to `high` are in the segment."""

    name: str
    providers: tuple[str, ...]
    low: int
    high: int

    def holds(self, provider: str, readiness: int) -> bool:
        return provider in self.providers and self.low <= readiness <= self.high


@dataclass(frozen=True, slots=True)
class PriorityRule:
    """Leads of the segment with a readiness from `low` to `high` have this priority."""

    segment: str
    low: int
    high: int
    priority: int

    def holds(self, segment: str, readiness: int) -> bool:
        return self.segment == segment and self.low <= readiness <= self.high


@dataclass(frozen=True, slots=True)
class TagRule:
    """The tag is set where every signal named has one of its values."""

    name: str
    when: Mapping[str, Sequence[str]]

    def holds(self, words: Mapping[str, str]) -> bool:
        return all(words.get(signal) in values for signal, values in self.when.items())


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of the rules; `points` is {signal: {its value: points}}."""

    version: str
    points: Mapping[str, Mapping[str, int]]
    segments: tuple[SegmentRule, ...]
    priorities: tuple[PriorityRule, ...]
    tags: tuple[TagRule, ...]


def parse(text: str) -> Rules:
    """Return the rules that a TOML text holds. Raises ValueError or KeyError for another shape."""
    said: Mapping[str, Any] = tomllib.loads(text)
    return Rules(
        said["version"],
        said["points"],
        tuple(
            SegmentRule(one["name"], tuple(one["providers"]), one["from"], one["to"])
            for one in said["segment"]
        ),
        tuple(
            PriorityRule(one["segment"], one["from"], one["to"], one["priority"])
            for one in said["priority"]
        ),
        tuple(TagRule(one["name"], one["when"]) for one in said["tag"]),
    )


@lru_cache(maxsize=1)
def current() -> Rules:
    """Return the rules in force, read once in a process's life."""
    return parse(FILE.read_text(encoding="utf-8"))
