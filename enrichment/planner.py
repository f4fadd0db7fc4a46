"""The planner: from a recipe and what is known, which lookups start now, and which never will.

Pure: no database, no clock, no network. A waterfall is walked in order and stops at the first
sufficient fact; a lookup starts as soon as what it needs is known, side by side with all others
that can start; what it supplies may unlock more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from integrations.provider import Lookup

SWITCHED_OFF = "switched off in the account"
KNOWN = "already known"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A golden field, the confidence that is enough, and the lookups to ask, in order."""

    field: str
    sufficient: float
    steps: tuple[Lookup, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A recipe as the planner reads it."""

    wanted: tuple[Wanted, ...]
    switched_off: frozenset[str] = frozenset()
    ranks: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        """Every lookup of the plan, once."""
        return tuple({step.slug: step for one in self.wanted for step in one.steps}.values())


@dataclass(slots=True)
class Decision:
    """Lookups to start now; `skipped` is final when nothing starts and nothing is under way."""

    start: list[Lookup] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


def decide(
    plan: Plan,
    known: Mapping[str, object],
    sure: Mapping[str, float],
    ended: Collection[str],
    under_way: Collection[str] = (),
) -> Decision:
    """Return what to start.

    `known` holds the inputs at hand (a blank or false one counts as missing), `sure` the
    confidence of the golden fields settled in this run, `ended` and `under_way` lookup slugs.
    """
    decision = Decision()
    starting: set[str] = set()
    for wanted in plan.wanted:
        _walk(wanted, plan, known, sure, ended, under_way, decision, starting)
    for slug in starting:
        decision.skipped.pop(slug, None)
    return decision


def _walk(
    wanted: Wanted,
    plan: Plan,
    known: Mapping[str, object],
    sure: Mapping[str, float],
    ended: Collection[str],
    under_way: Collection[str],
    decision: Decision,
    starting: set[str],
) -> None:
    is_enough = sure.get(wanted.field, -1.0) >= wanted.sufficient
    for lookup in wanted.steps:
        slug = lookup.slug
        if slug in ended:
            continue
        if is_enough:
            decision.skipped.setdefault(slug, KNOWN)
        elif slug in starting or slug in under_way:
            return
        elif slug in plan.switched_off:
            decision.skipped[slug] = SWITCHED_OFF
        elif missing := [name for name in lookup.needs if not known.get(name)]:
            decision.skipped[slug] = f"needs {', '.join(sorted(missing))}"
            if under_way or starting:
                return
        else:
            starting.add(slug)
            decision.start.append(lookup)
            return
