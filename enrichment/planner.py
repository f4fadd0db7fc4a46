"""The planner: from a recipe and what is known, which lookups start now, and which never will.

Pure: no database, no clock, no network. A waterfall is walked in order and stops at the first
sufficient fact; a lookup starts as soon as what it needs is known, side by side with all others
that can start; what it supplies may unlock more. A step whose provider cannot be asked now is
passed over while another of its field can answer; when none is left, it is `held`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from enrichment import conditions
from enrichment.wording import plain
from integrations.provider import Lookup

SWITCHED_OFF = "switched off in the account"
KNOWN = "already known"
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A golden field, the confidence that is enough, and the lookups to ask, in order.

    `conditions` are by slug (`conditions.CONDITIONS`), `beside` are slugs that are asked side by
    side with the step before them.
    """

    field: str
    sufficient: float
    steps: tuple[Lookup, ...]
    conditions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    beside: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """A recipe as the planner reads it; `prices` are by slug, at the most."""

    wanted: tuple[Wanted, ...]
    switched_off: frozenset[str] = frozenset()
    ranks: Mapping[tuple[str, str], int] = dataclasses.field(default_factory=dict)
    prices: Mapping[str, Decimal] = dataclasses.field(default_factory=dict)
    cap_usd: Decimal | None = None
    fresh_days: Mapping[str, int] = dataclasses.field(default_factory=dict)

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        """Every lookup of the plan, once."""
        return tuple({step.slug: step for one in self.wanted for step in one.steps}.values())

    @property
    def inputs(self) -> frozenset[str]:
        """What lookups and conditions look at."""
        named = (name for one in self.wanted for name in one.conditions.values())
        of_lookups = (step.needs | step.uses for step in self.lookups)
        return frozenset().union(*of_lookups, *map(conditions.reads, named))


@dataclass(frozen=True, slots=True)
class Held:
    """A step that its provider keeps waiting; `is_only` when nobody else of the field answered."""

    provider: str
    is_only: bool


@dataclass(slots=True)
class Decision:
    """Lookups to start now; the rest is final when nothing starts and nothing is under way."""

    start: list[Lookup] = dataclasses.field(default_factory=list)
    skipped: dict[str, str] = dataclasses.field(default_factory=dict)
    held: dict[str, Held] = dataclasses.field(default_factory=dict)


def decide(
    plan: Plan,
    known: Mapping[str, str],
    sure: Mapping[str, float],
    ended: Collection[str],
    under_way: Collection[str] = (),
    *,
    closed: Mapping[str, str] | None = None,
    paid_usd: Decimal = NOTHING,
) -> Decision:
    """Return what to start.

    `known` holds the inputs at hand (a blank or false one counts as missing), `sure` the
    confidence of the golden fields settled in this run, `ended` and `under_way` lookup slugs,
    `closed` why providers cannot be asked now, `paid_usd` what the contact has cost so far.
    """
    walk = _Walk(plan, known, sure, ended, under_way, closed or {}, paid_usd)
    for passes_over in (False, True):
        for wanted in plan.wanted:
            walk.through(wanted, passes_over=passes_over)
    for slug in walk.starting:
        walk.decision.skipped.pop(slug, None)
        walk.decision.held.pop(slug, None)
    return walk.decision


class _Walk:
    """One decision under way: first all that can start does, then what is stuck is passed over."""

    def __init__(
        self,
        plan: Plan,
        known: Mapping[str, str],
        sure: Mapping[str, float],
        ended: Collection[str],
        under_way: Collection[str],
        closed: Mapping[str, str],
        paid_usd: Decimal,
    ) -> None:
        self.plan, self.known, self.sure = plan, known, sure
        self.ended, self.under_way, self.closed = ended, under_way, closed
        self.starting: set[str] = set()
        self.decision = Decision()
        self._left_usd = None if plan.cap_usd is None else plan.cap_usd - paid_usd
        if self._left_usd is not None:
            self._left_usd -= sum((self._price(slug) for slug in under_way), NOTHING)
        self._hopes: frozenset[str] | None = None

    def through(self, wanted: Wanted, *, passes_over: bool) -> None:
        """Walk one waterfall to where something is under way, or has to be waited for."""
        is_enough = self.sure.get(wanted.field, -1.0) >= wanted.sufficient
        held: list[Lookup] = []
        is_active = False
        for step in wanted.steps:
            slug = step.slug
            if slug in self.ended:
                continue
            if is_enough:
                self.decision.skipped.setdefault(slug, self._why_known(step, wanted))
            elif is_active and slug not in wanted.beside:
                return
            elif slug in self.starting or slug in self.under_way:
                is_active = True
            elif step.provider in self.closed and not self._never(step, wanted):
                held.append(step)
                self.decision.skipped[slug] = self.closed[step.provider]
            elif self._starts(step, wanted):
                is_active = True
            elif not passes_over or self._may_come(step, wanted):
                return
        if held and not is_active:
            self._hold(wanted, held)

    def _why_known(self, step: Lookup, wanted: Wanted) -> str:
        """Return why a step of a settled field was not asked: perhaps one after it was, instead."""
        after = wanted.steps[wanted.steps.index(step) + 1 :]
        was_passed_over = any(one.slug in self.ended for one in after)
        if was_passed_over and step.slug in self.plan.switched_off:
            return SWITCHED_OFF
        return self.closed.get(step.provider, KNOWN) if was_passed_over else KNOWN

    def _hold(self, wanted: Wanted, held: list[Lookup]) -> None:
        is_only = not any(step.slug in self.ended for step in wanted.steps)
        for step in held:
            before = self.decision.held.get(step.slug)
            self.decision.held[step.slug] = Held(
                step.provider, is_only or bool(before and before.is_only)
            )

    def _never(self, step: Lookup, wanted: Wanted) -> bool:
        """Tell whether a step would not be asked even if its provider could be."""
        return step.slug in self.plan.switched_off or bool(self._obstacle(step, wanted))

    def _starts(self, step: Lookup, wanted: Wanted) -> bool:
        slug = step.slug
        why = SWITCHED_OFF if slug in self.plan.switched_off else self._obstacle(step, wanted)
        why = why or self._too_dear(slug)
        if why:
            self.decision.skipped[slug] = why
            return False
        if self._left_usd is not None:
            self._left_usd -= self._price(slug)
        self.starting.add(slug)
        self.decision.start.append(step)
        self._hopes = None
        return True

    def _obstacle(self, step: Lookup, wanted: Wanted) -> str:
        """Return why a step cannot start by what is known, "" when it can."""
        if missing := [name for name in step.needs if not self.known.get(name)]:
            return f"needs {', '.join(sorted(missing))}"
        name = wanted.conditions.get(step.slug, "")
        return "" if conditions.holds(name, self.known) else conditions.CONDITIONS[name].why_not

    def _too_dear(self, slug: str) -> str:
        if self._left_usd is None or self._price(slug) <= max(self._left_usd, NOTHING):
            return ""
        return f"would pass the cap of ${plain(self.plan.cap_usd or NOTHING)} per contact"

    def _price(self, slug: str) -> Decimal:
        return self.plan.prices.get(slug, NOTHING)

    def _may_come(self, step: Lookup, wanted: Wanted) -> bool:
        """Tell whether what is under way may yet let a stuck step start."""
        if step.slug in self.plan.switched_off or not (self.starting or self.under_way):
            return False
        missing = {name for name in step.needs if not self.known.get(name)}
        name = wanted.conditions.get(step.slug, "")
        if conditions.holds(name, self.known) is False:
            return False
        if missing and not missing <= self._coming():
            return False
        if not missing and conditions.holds(name, self.known) is None:
            return bool(conditions.reads(name) & self._coming())
        return bool(missing) or bool(self._too_dear(step.slug))

    def _coming(self) -> frozenset[str]:
        """Return what the lookups under way, and those that they may unlock, supply."""
        if self._hopes is not None:
            return self._hopes
        active = {*self.starting, *self.under_way}
        waiting = [step for step in self.plan.lookups if step.slug not in self.ended]
        hopes: set[str] = set().union(*(s.supplies for s in waiting if s.slug in active))
        size = -1
        while size != len(hopes):
            size = len(hopes)
            for step in waiting:
                is_asked = step.slug not in self.plan.switched_off
                if is_asked and all(self.known.get(n) or n in hopes for n in step.needs):
                    hopes |= step.supplies
        self._hopes = frozenset(hopes)
        return self._hopes
