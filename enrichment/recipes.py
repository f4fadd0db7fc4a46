"""Recipes: the ones every installation starts with, and how the planner gets to read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from enrichment.models import Recipe, RecipeField, RecipeStep
from enrichment.planner import Plan, Wanted
from integrations.accounts import Accounts
from integrations.registry import UnknownLookup, lookup, lookups


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
        recipe, is_new = Recipe.objects.get_or_create(
            slug=start.slug, defaults={"name": start.name, "description": start.description}
        )
        if not is_new:
            continue
        for position, (field, sufficient, steps) in enumerate(start.wanted):
            wanted = RecipeField.objects.create(
                recipe=recipe, position=position, field=field, sufficient=sufficient
            )
            set_waterfall(wanted, steps)


def set_waterfall(wanted: RecipeField, slugs: Sequence[str]) -> None:
    """Let these lookups, in this order, supply the field."""
    with transaction.atomic():
        wanted.steps.all().delete()
        RecipeStep.objects.bulk_create(
            RecipeStep(wanted=wanted, position=at, lookup=slug) for at, slug in enumerate(slugs)
        )


def plan(recipe_id: int, accounts: Accounts) -> Plan:
    """Return the recipe as the planner reads it, against the accounts of the moment.

    Raises UnknownLookup when a step names a lookup that no provider answers.
    """
    fields = RecipeField.objects.filter(recipe_id=recipe_id).prefetch_related("steps")
    wanted = tuple(
        Wanted(field.field, field.sufficient, tuple(lookup(s.lookup) for s in field.steps.all()))
        for field in fields
    )
    off = frozenset(found.slug for found in lookups() if not accounts.terms(found).is_enabled)
    return Plan(wanted, off)


def unknown_steps(recipe: Recipe) -> list[str]:
    """Return the lookups of a recipe that no provider answers."""
    missing = []
    for step in RecipeStep.objects.filter(wanted__recipe=recipe):
        try:
            lookup(step.lookup)
        except UnknownLookup:
            missing.append(step.lookup)
    return missing
