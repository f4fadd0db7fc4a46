"""Imagining: a recipe played over contacts that do not exist, by the planner itself.

It shows what would be asked after what, and what a contact would cost, before anyone is asked.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from enrichment.inputs import BROUGHT
from enrichment.planner import NOTHING, Plan, decide
from enrichment.reaching import reached
from integrations.provider import Lookup, Price

CONTACTS = 200  # enough for an expected price within a few per cent
# What decides conditions; each of a list is as likely in an imagined contact. Our guess.
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "phone": ("+14155550100",),
    "phone_country": ("US",),
    "address_country": ("US",),
    "country": ("US",),
    "line_type": ("mobile", "landline", "nonFixedVoip"),
    "caller_type": ("CONSUMER", "BUSINESS"),
}


@dataclass(frozen=True, slots=True)
class Play:
    """What was asked of one imagined contact, wave after wave, and what it came to."""

    waves: tuple[tuple[Lookup, ...], ...]
    usd: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars of one contact: the least seen, the mean, and the most that can come."""

    least_usd: Decimal
    expected_usd: Decimal
    most_usd: Decimal


def at_hand(plan: Plan) -> list[str]:
    """Return what a contact has to bring along so that every lookup that can be asked is.

    The number always; what some lookup of the recipe supplies only where no other way leads to it.
    """
    steps = [step for step in plan.lookups if step.slug not in plan.switched_off]
    supplied = frozenset().union(*(step.supplies for step in steps))
    needed = frozenset().union(*(step.needs for step in steps))
    brought = {"phone", *(needed & BROUGHT - supplied)}
    for step in steps:
        if step not in reached(steps, brought):
            brought |= step.needs & BROUGHT - _supplied(reached(steps, brought))
    return sorted(brought, key=lambda name: (name != "phone", name))


def _supplied(steps: Sequence[Lookup]) -> frozenset[str]:
    return frozenset().union(*(step.supplies for step in steps))


def play(
    plan: Plan,
    known: Mapping[str, str],
    prices: Mapping[str, Price],
    is_hit: Callable[[Lookup], bool],
    sure: float = 1.0,
) -> Play:
    """Return what becomes of a contact when lookups hit as `is_hit` says, all of them this sure."""
    held, surest, ended = dict(known), dict[str, float](), set[str]()
    waves, usd = list[tuple[Lookup, ...]](), dict[str, Decimal]()
    while start := decide(plan, held, surest, ended, paid_usd=sum(usd.values(), NOTHING)).start:
        waves.append(tuple(start))
        for step in start:
            ended.add(step.slug)
            hits, price = is_hit(step), prices[step.slug]
            usd[step.slug] = price.usd if hits or not price.on_hit_only else NOTHING
            if hits:
                held |= {name: _example(name) for name in step.supplies if not held.get(name)}
                surest |= dict.fromkeys(step.supplies, sure)
    return Play(tuple(waves), usd)


def _example(name: str) -> str:
    return EXAMPLES.get(name, ("imagined",))[0]


def waves(plan: Plan, prices: Mapping[str, Price]) -> tuple[tuple[Lookup, ...], ...]:
    """Return who is asked after whom when every answer unlocks what it can and none is enough."""
    wanted = tuple(replace(one, conditions={}) for one in plan.wanted)
    whole = replace(plan, wanted=wanted, cap_usd=None)
    known = {name: _example(name) for name in at_hand(plan)}
    return play(whole, known, prices, lambda step: True, sure=-1.0).waves


def cost(
    plan: Plan, prices: Mapping[str, Price], rates: Mapping[str, float], otherwise: float
) -> tuple[Cost, dict[str, Cost]]:
    """Return what a contact of whom little is known costs, in all and per wanted field.

    `rates` are hit rates by slug, `otherwise` that of lookups without one. A lookup that serves
    several fields counts with each.
    """
    plays = [
        play(plan, _contact(plan, 0), prices, lambda step: True),
        play(plan, _contact(plan, 0), prices, lambda step: False),
    ]
    chance = random.Random(1)
    imagined = [
        play(
            plan, _contact(plan, number), prices,
            lambda step: chance.random() < rates.get(step.slug, otherwise),
        )
        for number in range(CONTACTS)
    ]  # fmt: skip
    per_field = {
        one.field: _cost(plays, imagined, prices, plan, {step.slug for step in one.steps})
        for one in plan.wanted
    }
    return _cost(plays, imagined, prices, plan, {s.slug for s in plan.lookups}), per_field


def _contact(plan: Plan, number: int) -> dict[str, str]:
    return {
        name: EXAMPLES.get(name, ("imagined",))[number % len(EXAMPLES.get(name, ("",)))]
        for name in at_hand(plan)
    }


def _cost(
    edges: Sequence[Play],
    imagined: Sequence[Play],
    prices: Mapping[str, Price],
    plan: Plan,
    slugs: set[str],
) -> Cost:
    paid = [sum((usd for slug, usd in one.usd.items() if slug in slugs), NOTHING)
            for one in (*edges, *imagined)]  # fmt: skip
    asked = [step for step in plan.lookups if step.slug not in plan.switched_off]
    most = sum((prices[s.slug].usd for s in reached(asked) if s.slug in slugs), NOTHING)
    if plan.cap_usd is not None:
        most = min(most, plan.cap_usd)
    mean = sum(paid[len(edges) :], NOTHING) / len(imagined)
    return Cost(min(paid), mean.quantize(Decimal("0.0001")), most)
