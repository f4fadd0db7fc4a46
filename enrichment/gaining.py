"""Gaining: lookups of providers that came later are offered to the recipes that we start with.

Nothing is added by itself: the offer is a draft that a person looks at and saves. What was there
when the recipe was last saved is not offered, so that whoever took a lookup out keeps it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from enrichment.composing import Draft, Wish
from enrichment.models import Recipe
from enrichment.recipes import StartingRecipe, Step, starting


def newer(recipe: Recipe, draft: Draft) -> list[str]:
    """Return the lookups that the recipe would start with today and that came since its save."""
    start = starting(recipe)
    if start is None:
        return []
    known = {*recipe.known_lookups, *(slug for wish in draft.wishes for slug in wish.steps)}
    steps = [_as_step(step) for _, _, steps in start.buildable() for step in steps]
    return list(dict.fromkeys(one.lookup for one in steps if one.lookup not in known))


def with_newer(recipe: Recipe, draft: Draft) -> Draft:
    """Return the draft with the newer lookups where the recipe has them today, else unchanged."""
    start, new = starting(recipe), newer(recipe, draft)
    if start is None or not new:
        return draft
    return _merged(draft, start, new)


def _merged(draft: Draft, start: StartingRecipe, new: Sequence[str]) -> Draft:
    wishes = {wish.field: wish for wish in draft.wishes}
    for field, sufficient, steps in start.buildable():
        whole = [_as_step(step) for step in steps]
        if not any(one.lookup in new for one in whole):
            continue
        wish = wishes.get(field, Wish(field, f"{sufficient:g}"))
        for at, one in enumerate(whole):
            if one.lookup in new:
                wish = _with_step(wish, one, [before.lookup for before in whole[:at]])
        wishes[field] = wish
    return replace(draft, wishes=tuple(wishes.values()))


def _with_step(wish: Wish, step: Step, before: Sequence[str]) -> Wish:
    """Put a step behind the last of those that come before it; in front where none is there."""
    at = max((wish.steps.index(slug) + 1 for slug in before if slug in wish.steps), default=0)
    steps = (*wish.steps[:at], step.lookup, *wish.steps[at:])
    only = {step.lookup: step.condition} if step.condition else {}
    return replace(wish, steps=steps, conditions={**wish.conditions, **only})


def _as_step(step: str | Step) -> Step:
    return step if isinstance(step, Step) else Step(step)
