"""Keeping recipes: what a person composed is saved, copied, reset, archived or deleted."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import count

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.text import slugify

from enrichment.composing import Draft, Wish
from enrichment.models import Recipe
from enrichment.recipes import Step, known_now, snapshot, starting, write_wanted
from enrichment.wording import plain


class RecipeRefused(ValueError):
    """A recipe cannot be changed as asked; the message says why and what to do."""


class RecipeChanged(Exception):
    """Somebody has saved the recipe meanwhile; `now` is how it stands."""

    def __init__(self, now: Draft) -> None:
        super().__init__("the recipe has been changed meanwhile")
        self.now = now


def draft_of(recipe: Recipe) -> Draft:
    """Return a recipe as a person edits it."""
    cap = "" if recipe.cap_usd is None else plain(recipe.cap_usd)
    kept = snapshot(recipe)
    ages, conditions = kept.get("field_fresh_days", {}), kept.get("conditions", {})
    beside = kept.get("beside", {})
    wishes = [
        Wish(
            field, f"{sufficient:g}", tuple(steps), str(ages.get(field, "")),
            conditions.get(field, {}), frozenset(beside.get(field, ())),
        )
        for field, sufficient, steps in kept["wanted"]
    ]  # fmt: skip
    days = "" if recipe.fresh_days is None else str(recipe.fresh_days)
    most = "" if recipe.cap_per_contact_usd is None else plain(recipe.cap_per_contact_usd)
    return Draft(recipe.name, recipe.description, days, cap, most, tuple(wishes))


def version(recipe: Recipe) -> str:
    """Return what tells one saved state of a recipe from another."""
    return recipe.updated_at.isoformat()


def save(recipe: Recipe | None, draft: Draft, *, seen: str = "") -> Recipe:
    """Keep a draft that was checked, as a new recipe or over the one that was `seen`.

    Raises RecipeChanged when another was saved since.
    """
    with transaction.atomic():
        if recipe is None:
            row = Recipe(slug=free_slug(draft.name))
        else:
            row = Recipe.objects.select_for_update().get(pk=recipe.pk)
            if version(row) != seen:
                raise RecipeChanged(draft_of(row))
        row.name, row.description = draft.name.strip(), draft.description.strip()
        row.fresh_days = int(draft.fresh_days) if draft.fresh_days else None
        row.cap_usd = _amount(draft.cap_usd)
        row.cap_per_contact_usd = _amount(draft.cap_per_contact_usd)
        row.known_lookups = known_now()
        row.save()
        _write_wishes(row, draft)
    return row


def _amount(typed: str) -> Decimal | None:
    return Decimal(typed) if typed else None


def _write_wishes(row: Recipe, draft: Draft) -> None:
    wanted = [(one.field, float(one.sufficient), _steps(one)) for one in draft.wishes]
    ages = {one.field: int(one.fresh_days) for one in draft.wishes if one.fresh_days}
    write_wanted(row, wanted, ages)


def _steps(wish: Wish) -> list[Step]:
    return [
        Step(slug, wish.conditions.get(slug, ""), at > 0 and slug in wish.beside)
        for at, slug in enumerate(wish.steps)
    ]


def free_slug(name: str) -> str:
    """Return a slug made of the name that no recipe has."""
    base = slugify(name)[:40] or "recipe"
    taken = set(Recipe.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in count(2))
    return base if base not in taken else next(one for one in numbered if one not in taken)


def copy(recipe: Recipe) -> Recipe:
    """Make a recipe that is the same by another name."""
    draft = draft_of(recipe)
    with transaction.atomic():
        return save(None, replace(draft, name=f"Copy of {draft.name}"[:100]))


def reset(recipe: Recipe) -> None:
    """Bring a starting recipe back to what it was at first; name and cap are a person's.

    Raises RecipeRefused for a recipe that a person made.
    """
    start = starting(recipe)
    if start is None:
        raise RecipeRefused("It was made by a person: there is nothing to go back to.")
    with transaction.atomic():
        row = Recipe.objects.select_for_update().get(pk=recipe.pk)
        row.description, row.fresh_days = start.description, None
        row.cap_per_contact_usd = None
        row.known_lookups = known_now()
        row.save()
        write_wanted(row, start.buildable())


def archive(recipe: Recipe, *, is_archived: bool = True) -> None:
    """Take a recipe out of the choice for new runs, or back into it."""
    Recipe.objects.filter(pk=recipe.pk).update(is_archived=is_archived, updated_at=timezone.now())


def delete(recipe: Recipe) -> None:
    """Delete a recipe that no run used. Raises RecipeRefused for any other."""
    if starting(recipe):
        raise RecipeRefused("It comes with Switchboard and would come back; archive it instead.")
    try:
        recipe.delete()
    except ProtectedError as used:
        raise RecipeRefused("Runs have used it, so it is kept; archive it instead.") from used
