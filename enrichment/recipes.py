"""Recipes: the ones every installation starts with, and how the planner gets to read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from enrichment.models import Recipe, RecipeField, RecipeStep
from enrichment.planner import Plan, Wanted
from integrations.accounts import Accounts
from integrations.registry import lookup, lookups


@dataclass(frozen=True, slots=True)
class StartingRecipe:
    """A recipe that `ensure_recipes` creates: slug, name, and (field, sufficient, lookups)."""

    slug: str
    name: str
    description: str
    wanted: tuple[tuple[str, float, tuple[str, ...]], ...]


PHONE = StartingRecipe(
    "phone",
    "Phone lookup",
    "Validity, line type, carrier, caller name and risk of every number. Which packages are asked"
    " is switched in the account.",
    (
        ("phone_is_valid", 0.9, ("twilio.validation",)),
        ("line_type", 0.5, ("twilio.line_type",)),
        ("caller_name", 0.5, ("twilio.caller_name",)),
        ("sms_pumping_risk_score", 0.5, ("twilio.sms_pumping_risk",)),
        ("sim_swapped_at", 0.5, ("twilio.sim_swap",)),
        ("is_call_forwarded", 0.5, ("twilio.call_forwarding",)),
        ("line_status", 0.5, ("twilio.line_status",)),
        ("is_reassigned", 0.5, ("twilio.reassigned_number",)),
        ("identity_match_score", 0.5, ("twilio.identity_match",)),
        ("phone_quality_score", 0.5, ("twilio.quality_score",)),
        ("address_line", 0.5, ("twilio.pre_fill",)),
        ("rpv_status", 0.5, ("twilio.real_phone_validation",)),
        ("is_ported", 0.5, ("twilio.icehook_scout",)),
    ),
)
STARTING: tuple[StartingRecipe, ...] = (PHONE,)


def ensure_recipes() -> None:
    """Create the starting recipes that are missing; what an operator changed stays."""
    for start in STARTING:
        with transaction.atomic():
            recipe, is_new = Recipe.objects.get_or_create(
                slug=start.slug, defaults={"name": start.name, "description": start.description}
            )
            if is_new:
                write_wanted(recipe, start.wanted)


def starting(recipe: Recipe) -> StartingRecipe | None:
    """Return the recipe that this one was at first; None of one that a person made."""
    return next((start for start in STARTING if start.slug == recipe.slug), None)


def write_wanted(recipe: Recipe, wanted: Iterable[tuple[str, float, Sequence[str]]]) -> None:
    """Let the recipe want these fields, of these lookups each, and nothing else."""
    recipe.fields.all().delete()
    for position, (field, sufficient, steps) in enumerate(wanted):
        row = RecipeField.objects.create(
            recipe=recipe, position=position, field=field, sufficient=sufficient
        )
        set_waterfall(row, steps)


def set_waterfall(wanted: RecipeField, slugs: Sequence[str]) -> None:
    """Let these lookups, in this order, supply the field."""
    with transaction.atomic():
        wanted.steps.all().delete()
        RecipeStep.objects.bulk_create(
            RecipeStep(wanted=wanted, position=at, lookup=slug) for at, slug in enumerate(slugs)
        )


def snapshot(recipe: Recipe) -> dict[str, Any]:
    """Return the recipe as a run keeps it: {"wanted": [[field, sufficient, lookups], …], …}."""
    fields = RecipeField.objects.filter(recipe=recipe).prefetch_related("steps")
    return {
        "wanted": [[f.field, f.sufficient, [s.lookup for s in f.steps.all()]] for f in fields],
        "fresh_days": recipe.fresh_days,
    }


def plan(kept: Mapping[str, Any], accounts: Accounts) -> Plan:
    """Return a run's snapshot as the planner reads it, against the accounts of the moment.

    Raises UnknownLookup when a step names a lookup that no provider answers.
    """
    wanted = tuple(
        Wanted(field, sufficient, tuple(lookup(slug) for slug in slugs))
        for field, sufficient, slugs in kept.get("wanted", ())
    )
    off = frozenset(found.slug for found in lookups() if not accounts.terms(found).is_enabled)
    ranks = {(w.field, s.slug): at for w in wanted for at, s in enumerate(w.steps)}
    return Plan(wanted, off, ranks)
