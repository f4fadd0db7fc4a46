"""Checking a recipe: what keeps it from being saved, what will not work, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from contacts.numerals import whole
from enrichment import conditions, golden
from enrichment.composing import Draft, Wish
from enrichment.inputs import BROUGHT
from enrichment.reaching import waiting_in_circles
from integrations.accounts import Accounts
from integrations.provider import Lookup
from integrations.registry import UnknownLookup, lookup, lookups, provider

FRESH_DAYS_MOST = 3650
CAP_MOST = Decimal(10_000_000)


@dataclass(slots=True)
class Findings:
    """What is wrong, by place: "name", "line_type", "line_type:twilio.line_type"."""

    errors: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)


def check(draft: Draft, accounts: Accounts) -> Findings:
    """Return what is wrong with a draft; errors keep it from being saved."""
    found = Findings()
    if not draft.name.strip():
        found.errors["name"] = "Give it a name."
    elif len(draft.name) > 100:
        found.errors["name"] = "A name has 100 characters at most."
    if draft.fresh_days and not _is_days(draft.fresh_days):
        found.errors["fresh_days"] = f"Whole days, 1 to {FRESH_DAYS_MOST:,}; or leave it empty."
    for cap in ("cap_usd", "cap_per_contact_usd"):
        if (typed := getattr(draft, cap)) and not _is_amount(typed):
            found.errors[cap] = (
                "An amount of dollars, not below zero, for example 25; or leave it empty."
            )
    if not draft.wishes:
        found.errors["wishes"] = "Choose at least one field that is wanted."
    for wish in draft.wishes:
        _check_wish(wish, draft, accounts, found)
    return found


def _check_wish(wish: Wish, draft: Draft, accounts: Accounts, found: Findings) -> None:
    if wish.field not in golden.FIELDS:
        found.errors[wish.field] = "There is no such field."
        return
    if not _is_share(wish.sufficient):
        found.errors[wish.field] = "What is enough lies between 0 and 1, for example 0.5."
    elif not wish.steps:
        found.errors[wish.field] = "Add at least one lookup that supplies it."
    if wish.fresh_days and not _is_days(wish.fresh_days):
        found.errors[f"{wish.field}:fresh_days"] = (
            f"Whole days, 1 to {FRESH_DAYS_MOST:,}; or leave it empty."
        )
    for slug in wish.steps:
        _check_step(f"{wish.field}:{slug}", wish, slug, draft, accounts, found)


def _check_step(
    place: str, wish: Wish, slug: str, draft: Draft, accounts: Accounts, found: Findings
) -> None:
    try:
        step = lookup(slug)
    except UnknownLookup as unknown:
        found.errors[place] = f"{unknown}."
        return
    if wish.field not in step.supplies:
        found.errors[place] = f"It does not supply this field; {_who_does(wish.field)}."
    elif missing := _unsupplied(step, draft):
        found.errors[place] = (
            f"It needs {_listed(missing)}, which no lookup of this recipe supplies:"
            " it would never be asked."
        )
    elif others := waiting_in_circles(step, steps_of(draft)):
        found.errors[place] = _in_circles(step, others)
    elif (only := wish.conditions.get(slug, "")) and only not in conditions.CONDITIONS:
        found.errors[place] = "There is no such condition; choose one from the list."
    elif not accounts.terms(step).is_enabled:
        found.warnings[place] = "Switched off in its account: it is not asked."
    elif off := _only_from_switched_off(step, draft, accounts):
        found.warnings[place] = f"It needs {_listed(off)}, and what supplies that is switched off."


def _in_circles(step: Lookup, others: list[Lookup]) -> str:
    supplied = frozenset().union(*(each.supplies for each in others))
    needs = _listed(sorted(step.needs & supplied - BROUGHT))
    who = " and ".join(each.label for each in others)
    return (
        f"It needs {needs}, which only {who} could supply, and that waits in turn for what"
        " only comes after it: neither would ever be asked."
    )


def _unsupplied(step: Lookup, draft: Draft) -> list[str]:
    supplied = {name for each in steps_of(draft) if each is not step for name in each.supplies}
    return sorted(step.needs - BROUGHT - supplied)


def _only_from_switched_off(step: Lookup, draft: Draft, accounts: Accounts) -> list[str]:
    asked = [s for s in steps_of(draft) if s is not step and accounts.terms(s).is_enabled]
    supplied = {name for each in asked for name in each.supplies}
    return sorted(step.needs - BROUGHT - supplied)


def steps_of(draft: Draft) -> list[Lookup]:
    """Return the lookups that a draft names and that exist, each once."""
    known = {each.slug: each for each in lookups()}
    named = dict.fromkeys(slug for wish in draft.wishes for slug in wish.steps)
    return [known[slug] for slug in named if slug in known]


def suppliers(name: str) -> list[Lookup]:
    """Return the lookups that can supply a field."""
    return [each for each in lookups() if name in each.supplies]


def _who_does(name: str) -> str:
    labels = [f"{each.label} ({provider_label(each)})" for each in suppliers(name)]
    if len(labels) < 2:
        return f"{labels[0] if labels else 'no lookup'} does"
    return f"{', '.join(labels[:-1])} and {labels[-1]} do"


def provider_label(step: Lookup) -> str:
    return provider(step.provider).label


def _listed(names: list[str]) -> str:
    return ", ".join(name.replace("_", " ").replace(".", " ") for name in names)


def _is_days(text: str) -> bool:
    return bool(whole(text, most=FRESH_DAYS_MOST))


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _is_amount(text: str) -> bool:
    value = _number(text)
    if value is None or not 0 <= value <= CAP_MOST:
        return False
    return value == value.quantize(Decimal("0.000001"))


def _is_share(text: str) -> bool:
    value = _number(text)
    return value is not None and 0 <= value <= 1
