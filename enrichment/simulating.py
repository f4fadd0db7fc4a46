"""Simulating a plan: how often each lookup will be asked, by how lookups have answered before.

Pure but for its draws, which are seeded: the planner itself is walked over contacts as they are
known, and each lookup answers as it did lately, hits and misses in the proportion of its history.
Draws are dealt like cards, so that a thousand contacts meet each outcome as often as it should be.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import cycle
from typing import Any

from enrichment import inputs
from enrichment.planner import Plan, decide
from enrichment.survivorship import Claim, settle
from integrations.provider import Lookup

WALKS = 1500
DECK = 1000
UNSEEN_CONFIDENCE = 0.8  # of a lookup that has not answered yet
SEED = 20_260

Facts = Mapping[str, tuple[Any, float]]


@dataclass(frozen=True, slots=True)
class Subject:
    """A contact as it is known: inputs, confidences, and the facts of answers still fresh.

    `keys` are of the questions that it brings, by lookup; contacts may share some.
    """

    known: Mapping[str, str]
    sure: Mapping[str, float]
    fresh: Mapping[str, Facts] = field(default_factory=dict)
    keys: Mapping[str, Hashable] = field(default_factory=dict)


@dataclass(slots=True)
class Habit:
    """How a lookup answers: `rate` is the share of hits, `hits` what they said lately."""

    lookup: Lookup
    rate: float
    hits: Sequence[Facts] = ()

    def deck(self, dice: random.Random) -> Iterator[Facts]:
        """Yield outcomes for ever, shuffled; an empty one is a miss."""
        said = self.hits or [self._unseen()]
        count = round(self.rate * DECK)
        cards: list[Facts] = [said[at % len(said)] for at in range(count)]
        cards += [{}] * (DECK - count)
        dice.shuffle(cards)
        return cycle(cards)

    def _unseen(self) -> Facts:
        return dict.fromkeys(self.lookup.supplies, ("true", UNSEEN_CONFIDENCE))


@dataclass(slots=True)
class Forecast:
    """Of how many walks, how often each lookup was bought, and hit.

    `opened` counts the different questions that the sample brings and nobody has answered yet.
    """

    walks: int = 0
    bought: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    opened: Counter[str] = field(default_factory=Counter)
    repeats: int = 1
    rates: dict[str, float] = field(default_factory=dict)

    def share(self, slug: str) -> float:
        """Return how many of a hundred contacts buy this lookup, as a fraction."""
        return self.bought[slug] / self.walks if self.walks else 0.0

    def share_of_opened(self, slug: str) -> float:
        """Return which part of the questions that contacts bring is bought."""
        opened = self.opened[slug] * self.repeats
        return min(1.0, self.bought[slug] / opened) if opened else 0.0

    def hit_rate(self, slug: str) -> float:
        return self.hits[slug] / self.bought[slug] if self.bought[slug] else 0.0


def simulate(
    plan: Plan,
    subjects: Sequence[Subject],
    habits: Mapping[str, Habit],
    hit_prices: Mapping[str, bool],
) -> Forecast:
    """Walk the plan over the subjects, some of them several times.

    `hit_prices` tells of which lookups only a hit is paid for.
    """
    found = Forecast(rates={slug: habit.rate for slug, habit in habits.items()})
    if not subjects:
        return found
    dice = random.Random(SEED)
    decks = {slug: habits[slug].deck(dice) for slug in sorted(habits)}
    found.repeats = max(1, WALKS // len(subjects))
    opened = {(s, key) for one in subjects for s, key in one.keys.items() if s not in one.fresh}
    found.opened.update(slug for slug, _ in opened)
    for _ in range(found.repeats):
        shared: dict[Hashable, Facts] = {}
        for subject in subjects:
            found.walks += 1
            _walk(plan, subject, decks, hit_prices, found, shared)
    return found


def _walk(
    plan: Plan,
    subject: Subject,
    decks: Mapping[str, Iterator[Facts]],
    hit_prices: Mapping[str, bool],
    found: Forecast,
    shared: dict[Hashable, Facts],
) -> None:
    known, sure = dict(subject.known), dict(subject.sure)
    said: defaultdict[str, list[Claim]] = defaultdict(list)
    ended: set[str] = set()
    paid = Decimal(0)
    while start := decide(plan, known, sure, ended, paid_usd=paid).start:
        ended.update(step.slug for step in start)
        for step in start:
            if step.slug in subject.fresh:
                facts = subject.fresh[step.slug]
            elif (key := subject.keys.get(step.slug)) in shared and key:
                facts = shared[key]
            else:
                facts = shared[key or len(shared)] = next(decks[step.slug])
                found.bought[step.slug] += 1
                found.hits[step.slug] += bool(facts)
                if facts or not hit_prices.get(step.slug):
                    paid += plan.prices.get(step.slug, Decimal(0))
            for name, (value, confidence) in facts.items():
                _learn(name, Claim(value, step.slug, confidence, ""), known, sure, said)


def _learn(
    name: str,
    claim: Claim,
    known: dict[str, str],
    sure: dict[str, float],
    said: defaultdict[str, list[Claim]],
) -> None:
    said[name].append(claim)
    standing = settle(said[name])
    if standing is None:
        return
    sure[name] = max(sure.get(name, 0.0), standing.sure)
    value = standing.claim.value
    if written := "true" if value == "true" else inputs.text(name, value):
        known.setdefault(name, written)
    if name == "phone_is_valid" and value is False:
        known.pop("phone", None)
