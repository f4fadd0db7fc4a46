"""Recipes: the ones every installation starts with, and how the planner gets to read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from enrichment.models import Recipe, RecipeField, RecipeStep
from enrichment.planner import Plan, Wanted
from integrations.accounts import Accounts
from integrations.registry import lookup, lookups


@dataclass(frozen=True, slots=True)
class Step:
    """A lookup of a waterfall, when it is asked, and whether beside the step before it."""

    lookup: str
    condition: str = ""
    beside: bool = False


Steps = Sequence[str | Step]


@dataclass(frozen=True, slots=True)
class StartingRecipe:
    """A recipe that `ensure_recipes` creates: slug, name, and (field, sufficient, steps)."""

    slug: str
    name: str
    description: str
    wanted: tuple[tuple[str, float, tuple[str | Step, ...]], ...]

    def buildable(self) -> list[tuple[str, float, list[str | Step]]]:
        """Return what is wanted, of the lookups that providers answer by now."""
        known = {each.slug for each in lookups()}
        found = [
            (field, sufficient, [step for step in steps if _slug(step) in known])
            for field, sufficient, steps in self.wanted
        ]
        return [one for one in found if one[2]]


def _slug(step: str | Step) -> str:
    return step.lookup if isinstance(step, Step) else step


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
_FIRM = ("apollo.enrich_organization", "hunter.domain_search", "peopledatalabs.enrich_company")
_PERSON = ("apollo.match_person", "peopledatalabs.enrich_person")
_COMPANY_WANTED: tuple[tuple[str, float, tuple[str | Step, ...]], ...] = (
    ("company.domain", 0.8, ("peopledatalabs.enrich_person",)),
    ("company.name", 0.7, (*_FIRM, *_PERSON)),
    ("company.industry", 0.6, _FIRM),
    ("company.employee_count", 0.6, ("apollo.enrich_organization",
                                     "peopledatalabs.enrich_company")),
    ("company.has_mx", 0.5, ("dns.mail",)),
    ("company.domain_expires_on", 0.5, ("rdap.domain",)),
)  # fmt: skip
# With the caller's name at hand it may be a business's own.
_CALLED = Step("switchboard.caller_as_company", "business")
_COMPANY_OF_CALLER = tuple(
    (name, sufficient, (*steps, _CALLED) if name == "company.name" else steps)
    for name, sufficient, steps in _COMPANY_WANTED
)
_EMAIL_WANTED: tuple[tuple[str, float, tuple[str | Step, ...]], ...] = (
    ("first_name", 0.5, ("switchboard.split_name",)),
    ("email", 0.8, ("hunter.find_email", *_PERSON, "switchboard.guess_email")),
    ("email_status", 0.9, ("zerobounce.validate", "hunter.verify_email")),
)
_ADDRESS_WANTED: tuple[tuple[str, float, tuple[str | Step, ...]], ...] = (
    ("address_line", 0.7, ("whitepages.find_resident", "whitepages.find_person",
                           Step("twilio.pre_fill", "us"))),
    ("latitude", 0.7, ("google_geocoding.forward",)),
)  # fmt: skip
COMPANY = StartingRecipe(
    "company", "Company", "Which company, what it does, how large it is and who takes its mail.",
    _COMPANY_WANTED,
)  # fmt: skip
EMAIL = StartingRecipe(
    "email", "E-mail address", "An address by name and company, and whether it takes mail.",
    _EMAIL_WANTED,
)  # fmt: skip
ADDRESS = StartingRecipe(
    "address", "Address", "Where somebody can be found, and where that lies on the map.",
    _ADDRESS_WANTED,
)  # fmt: skip
FULL = StartingRecipe(
    "full", "Everything", "The number, the company, the e-mail address and the place.",
    (*PHONE.wanted[:4], *_COMPANY_OF_CALLER, *_EMAIL_WANTED, *_ADDRESS_WANTED),
)  # fmt: skip
STARTING: tuple[StartingRecipe, ...] = (PHONE, COMPANY, EMAIL, ADDRESS, FULL)


def ensure_recipes() -> None:
    """Create the starting recipes that are missing; what an operator changed stays.

    A recipe none of whose lookups is answered by any provider is left out.
    """
    for start in STARTING:
        if not start.buildable():
            continue
        with transaction.atomic():
            recipe, is_new = Recipe.objects.get_or_create(
                slug=start.slug,
                defaults={
                    "name": start.name,
                    "description": start.description,
                    "known_lookups": known_now(),
                },
            )
            if is_new:
                write_wanted(recipe, start.buildable())


def starting(recipe: Recipe) -> StartingRecipe | None:
    """Return the recipe that this one was at first; None of one that a person made."""
    return next((start for start in STARTING if start.slug == recipe.slug), None)


def known_now() -> list[str]:
    """Return the lookups that there are, for a recipe to keep when it is saved."""
    return sorted(each.slug for each in lookups())


def write_wanted(
    recipe: Recipe,
    wanted: Iterable[tuple[str, float, Steps]],
    fresh_days: Mapping[str, int] | None = None,
) -> None:
    """Let the recipe want these fields, of these lookups each, and nothing else."""
    recipe.fields.all().delete()
    for position, (field, sufficient, steps) in enumerate(wanted):
        row = RecipeField.objects.create(
            recipe=recipe, position=position, field=field, sufficient=sufficient,
            fresh_days=(fresh_days or {}).get(field),
        )  # fmt: skip
        set_waterfall(row, steps)


def set_waterfall(wanted: RecipeField, steps: Steps) -> None:
    """Let these lookups, in this order, supply the field."""
    whole = [step if isinstance(step, Step) else Step(step) for step in steps]
    with transaction.atomic():
        wanted.steps.all().delete()
        RecipeStep.objects.bulk_create(
            RecipeStep(
                wanted=wanted, position=at, lookup=step.lookup, condition=step.condition,
                beside=step.beside,
            )
            for at, step in enumerate(whole)
        )  # fmt: skip


def snapshot(recipe: Recipe) -> dict[str, Any]:
    """Return the recipe as a run keeps it: {"wanted": [[field, sufficient, lookups], …], …}.

    "conditions" and "beside" are by field and lookup, "field_fresh_days" by field, and
    "cap_per_contact_usd" is text; what is not set is left out.
    """
    kept: dict[str, Any] = {"wanted": [], "fresh_days": recipe.fresh_days}
    for wanted in RecipeField.objects.filter(recipe=recipe).prefetch_related("steps"):
        steps, name = list(wanted.steps.all()), wanted.field
        kept["wanted"].append([name, wanted.sufficient, [step.lookup for step in steps]])
        if conditional := {step.lookup: step.condition for step in steps if step.condition}:
            kept.setdefault("conditions", {})[name] = conditional
        if beside := [step.lookup for step in steps if step.beside]:
            kept.setdefault("beside", {})[name] = beside
        if wanted.fresh_days is not None:
            kept.setdefault("field_fresh_days", {})[name] = wanted.fresh_days
    if recipe.cap_per_contact_usd is not None:
        kept["cap_per_contact_usd"] = str(recipe.cap_per_contact_usd)
    return kept


def plan(kept: Mapping[str, Any], accounts: Accounts) -> Plan:
    """Return a run's snapshot as the planner reads it, against the accounts of the moment.

    Raises UnknownLookup when a step names a lookup that no provider answers.
    """
    conditions, beside = kept.get("conditions", {}), kept.get("beside", {})
    wanted = tuple(
        Wanted(
            field,
            sufficient,
            tuple(lookup(slug) for slug in slugs),
            conditions.get(field, {}),
            frozenset(beside.get(field, ())),
        )
        for field, sufficient, slugs in kept.get("wanted", ())
    )
    terms = {found.slug: accounts.terms(found) for found in lookups()}
    cap = kept.get("cap_per_contact_usd")
    return Plan(
        wanted,
        switched_off=frozenset(slug for slug, one in terms.items() if not one.is_enabled),
        ranks={(w.field, s.slug): at for w in wanted for at, s in enumerate(w.steps)},
        prices={step.slug: terms[step.slug].price.usd for one in wanted for step in one.steps},
        cap_usd=None if cap is None else Decimal(cap),
        fresh_days=_fresh_days(wanted, kept),
    )


def _fresh_days(wanted: Iterable[Wanted], kept: Mapping[str, Any]) -> dict[str, int]:
    """Return per lookup how old an answer may be: of the fields that ask it, the strictest."""
    by_field, of_recipe = kept.get("field_fresh_days", {}), kept.get("fresh_days")
    found: dict[str, int] = {}
    for one in wanted:
        most = by_field.get(one.field, of_recipe)
        for step in one.steps:
            if most is not None:
                found[step.slug] = min(most, found.get(step.slug, most))
    return found
