"""What the recipe's form holds: read from a post as a draft, and laid out for the template."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from enrichment import conditions, golden, ordering
from enrichment.admin.recipes.foreseeing import foreseen
from enrichment.checking import (
    Findings,
    check,
    provider_label,
    steps_of,
    suppliers,
)
from enrichment.composing import Draft, Wish
from integrations.accounts import Accounts, Terms
from integrations.provider import Lookup

FIELDS_READ = len(golden.FIELDS)
STEPS_READ = 50  # of one waterfall; there are not so many lookups for one field


def read(posted: QueryDict) -> Draft:
    """Read what was typed, right or wrong."""
    names = [name for name in dict.fromkeys(posted.getlist("field")) if name][:FIELDS_READ]
    wishes = tuple(_wish(posted, name[:60]) for name in names)
    typed = (posted.get(name, "").strip() for name in ("name", "description", "fresh_days"))
    name, description, fresh_days = typed
    caps = (posted.get(name, "").strip() for name in ("cap_usd", "cap_per_contact_usd"))
    of_run, of_contact = (cap.lstrip("$")[:30] for cap in caps)
    return Draft(name[:300], description[:2000], fresh_days[:20], of_run, of_contact, wishes)


def _wish(posted: QueryDict, name: str) -> Wish:
    steps = tuple(dict.fromkeys(posted.getlist(f"step.{name}")[:STEPS_READ]))
    only = {slug: posted.get(f"condition.{name}:{slug}", "")[:20] for slug in steps}
    return Wish(
        name,
        posted.get(f"sufficient.{name}", "").strip()[:20],
        steps,
        posted.get(f"fresh.{name}", "").strip()[:20],
        {slug: condition for slug, condition in only.items() if condition},
        frozenset(posted.getlist(f"beside.{name}")) & frozenset(steps[1:]),
    )


def pressed(posted: QueryDict, draft: Draft) -> Draft:
    """Return the draft as the pressed button leaves it."""
    act = posted.get("do", "")
    if act == "want":
        name = posted.get("new_field", "")
        after = draft.after(f"want:{name}") if name in golden.FIELDS else draft
        if after is draft:
            return draft
        for each in suppliers(name):
            after = after.after(f"add:{name}:{each.slug}")
        return after
    if act.startswith("cheapest:"):
        name = act.removeprefix("cheapest:")
        return draft.reordered(name, _cheapest(name)) if name in golden.FIELDS else draft
    if act.startswith("add:"):
        return draft.after(f"{act}:{posted.get('new.' + act[4:], '')}")
    return draft.after(act)


def _cheapest(name: str) -> list[str]:
    accounts = Accounts()
    accounts.refresh()
    return [offer.lookup.slug for offer in ordering.propose(name, accounts)]


@dataclass(frozen=True, slots=True)
class Step:
    """One lookup of a waterfall as the page shows it."""

    slug: str
    label: str
    provider: str
    price: Decimal
    on_hit_only: bool
    error: str
    warning: str
    condition: str
    is_beside: bool

    @property
    def words(self) -> str:
        """When it is asked, in words; "" when always."""
        found = conditions.CONDITIONS.get(self.condition)
        return found.words if found else self.condition


@dataclass(frozen=True, slots=True)
class Row:
    """One wanted field as the page shows it; `offers` are lookups that could be added."""

    wish: Wish
    steps: list[Step]
    offers: list[Lookup]
    error: str
    age_error: str


def is_right(draft: Draft) -> bool:
    """Tell whether a draft may be kept."""
    accounts = Accounts()
    accounts.refresh()
    return not check(draft, accounts).errors


def laid_out(draft: Draft, *, is_final: bool) -> dict[str, Any]:
    """Return what the template shows of a draft; what is missing is said once it is `final`."""
    accounts = Accounts()
    accounts.refresh()
    findings = check(draft, accounts)
    known = {each.slug: (each, accounts.terms(each)) for each in steps_of(draft)}
    wanted = {wish.field for wish in draft.wishes}
    return {
        "draft": draft,
        "rows": [_row(wish, known, findings, is_final=is_final) for wish in draft.wishes],
        "errors": findings.errors if is_final else {},
        **foreseen(draft, accounts),
        "field_groups": _field_groups(wanted),
        "conditions": conditions.CHOICES,
    }


def _row(
    wish: Wish, known: dict[str, tuple[Lookup, Terms]], found: Findings, *, is_final: bool
) -> Row:
    steps = [_step(wish, slug, known.get(slug), found) for slug in wish.steps]
    offers = [each for each in suppliers(wish.field) if each.slug not in wish.steps]
    error = found.errors.get(wish.field, "") if is_final or wish.field not in golden.FIELDS else ""
    return Row(wish, steps, offers, error, found.errors.get(f"{wish.field}:fresh_days", ""))


def _field_groups(wanted: set[str]) -> list[tuple[str, list[str]]]:
    """Return the fields that could be wanted still, those of companies apart."""
    left = [name for name in golden.FIELDS if name not in wanted and suppliers(name)]
    of_company = [name for name in left if golden.is_of_company(name)]
    of_contact = [name for name in left if not golden.is_of_company(name)]
    groups = (("The contact", of_contact), ("Their company", of_company))
    return [group for group in groups if group[1]]


def _step(wish: Wish, slug: str, known: tuple[Lookup, Terms] | None, found: Findings) -> Step:
    place, only = f"{wish.field}:{slug}", wish.conditions.get(slug, "")
    beside = slug in wish.beside
    error, warning = found.errors.get(place, ""), found.warnings.get(place, "")
    if known is None:
        return Step(slug, slug, "", Decimal(0), False, error, warning, only, beside)
    lookup, terms = known
    price = terms.price
    return Step(
        slug, lookup.label, provider_label(lookup), price.usd, price.on_hit_only, error, warning,
        only, beside,
    )  # fmt: skip
