"""Reaching: which lookups of a recipe can be asked at all, and which wait for each other forever.

Pure: needs and supplies only; conditions, prices and switches are looked at elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from enrichment.inputs import BROUGHT
from integrations.provider import Lookup


def reached(steps: Iterable[Lookup], at_hand: Collection[str] = BROUGHT) -> list[Lookup]:
    """Return the lookups that can be asked in the best of cases, in the order they are unlocked."""
    known, waiting, found = set(at_hand), list(steps), list[Lookup]()
    while ready := [step for step in waiting if step.needs <= known]:
        found += ready
        known.update(*(step.supplies for step in ready))
        waiting = [step for step in waiting if step not in ready]
    return found


def waiting_in_circles(step: Lookup, steps: Collection[Lookup]) -> list[Lookup]:
    """Return the lookups that a step waits for in vain; none when it can be asked.

    Its needs have suppliers in the recipe, but each of them waits for something that only lookups
    waiting themselves would supply.
    """
    asked = reached(steps)
    if step in asked:
        return []
    missing = step.needs - BROUGHT - frozenset().union(*(each.supplies for each in asked))
    return [each for each in steps if each is not step and each.supplies & missing]
