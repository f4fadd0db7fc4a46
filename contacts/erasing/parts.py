"""What a room has of people, and how it goes: rooms above register theirs when Django starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contacts.erasing.people import Person
from contacts.models import Erasure

Counts = dict[str, int]
# Blanks what a row of a table says of somebody; gets the primary keys, returns how many went.
Forget = Callable[[Sequence[Any]], int]


@dataclass(frozen=True, slots=True)
class Far:
    """One place elsewhere that has to forget somebody, for the receipt: where, and how it stands.

    `state` is "waiting", "done" or "failed".
    """

    place: str
    state: str
    words: str


def nothing(_: Person) -> str:
    return ""


def nowhere(_: Erasure) -> list[Far]:
    return []


@dataclass(frozen=True, slots=True)
class Part:
    """What one room does about a person; each function may be called again.

    `count` tells by kind what would go. `stop` takes back what waits, and returns in words what is
    still on its way: the person is left alone until it has ended. `erase` runs in the transaction
    in which the contacts go, before they do, and returns what went; what it notes in
    `erasure.traces` and `erasure.kept` is saved. `forget` is by table ("app.model") what becomes
    of rows that turn out to name the person, where they go whole. `apart` are tables that are left
    alone, with the reason. `far` tells how far others are.
    """

    name: str
    count: Callable[[Person], Counts]
    erase: Callable[[Person, Erasure], Counts]
    stop: Callable[[Person], str] = nothing
    forget: Mapping[str, Forget] = field(default_factory=dict)
    apart: Mapping[str, str] = field(default_factory=dict)
    far: Callable[[Erasure], list[Far]] = nowhere


PARTS: dict[str, Part] = {}


def add_part(part: Part) -> None:
    """Let a room erase its own; called by its AppConfig when Django starts."""
    PARTS[part.name] = part


def in_order() -> list[Part]:
    """Return the parts, the highest room's first: nobody is left with a reference to what went."""
    return list(reversed(PARTS.values()))


def added(counts: Iterable[Mapping[str, int]]) -> Counts:
    """Return counts of several as one, without what is nothing."""
    total: Counts = {}
    for one in counts:
        for kind, count in one.items():
            if count:
                total[kind] = total.get(kind, 0) + count
    return total
