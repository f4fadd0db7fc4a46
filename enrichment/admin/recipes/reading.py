"""What the recipe's form holds: read from a post as a draft, and laid out for the template."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from enrichment import golden
from enrichment.checking import (
    Findings,
    check,
    price_per_contact,
    provider_label,
    steps_of,
    suppliers,
)
from enrichment.composing import Draft, Wish
from integrations.accounts import Accounts, Terms
from integrations.provider import Lookup

STEPS_READ = 50  # of one waterfall; there are not so many lookups for one field


def read(posted: QueryDict) -> Draft:
    """Read what was typed, right or wrong."""
    names = [name for name in dict.fromkeys(posted.getlist("field")) if name in golden.NAMES]
    wishes = tuple(
        Wish(
            name,
            posted.get(f"sufficient.{name}", "").strip()[:20],
            tuple(dict.fromkeys(posted.getlist(f"step.{name}")[:STEPS_READ])),
        )
        for name in names
    )
    typed = (posted.get(name, "").strip() for name in ("name", "description", "fresh_days"))
    name, description, fresh_days = typed
    cap = posted.get("cap_usd", "").strip().lstrip("$")
    return Draft(name[:300], description[:2000], fresh_days[:20], cap[:30], wishes)


def pressed(posted: QueryDict, draft: Draft) -> Draft:
    """Return the draft as the pressed button leaves it."""
    act = posted.get("do", "")
    if act == "want":
        name = posted.get("new_field", "")
        after = draft.after(f"want:{name}") if name in golden.NAMES else draft
        if after is draft:
            return draft
        for each in suppliers(name):
            after = after.after(f"add:{name}:{each.slug}")
        return after
    if act.startswith("add:"):
        return draft.after(f"{act}:{posted.get('new.' + act[4:], '')}")
    return draft.after(act)


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


@dataclass(frozen=True, slots=True)
class Row:
    """One wanted field as the page shows it; `offers` are lookups that could be added."""

    wish: Wish
    steps: list[Step]
    offers: list[Lookup]
    error: str


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
    at_least, at_most = price_per_contact(draft, accounts)
    wanted = {wish.field for wish in draft.wishes}
    return {
        "draft": draft,
        "rows": [_row(wish, known, findings, is_final=is_final) for wish in draft.wishes],
        "errors": findings.errors if is_final else {},
        "at_least": at_least,
        "at_most": at_most,
        "fields": [n for n in golden.NAMES if n not in wanted and suppliers(n)],
    }


def _row(
    wish: Wish, known: dict[str, tuple[Lookup, Terms]], found: Findings, *, is_final: bool
) -> Row:
    steps = [_step(f"{wish.field}:{slug}", slug, known.get(slug), found) for slug in wish.steps]
    offers = [each for each in suppliers(wish.field) if each.slug not in wish.steps]
    return Row(wish, steps, offers, found.errors.get(wish.field, "") if is_final else "")


def _step(place: str, slug: str, known: tuple[Lookup, Terms] | None, found: Findings) -> Step:
    error, warning = found.errors.get(place, ""), found.warnings.get(place, "")
    if known is None:
        return Step(slug, slug, "", Decimal(0), False, error, warning)
    lookup, terms = known
    price = terms.price
    return Step(
        slug, lookup.label, provider_label(lookup), price.usd, price.on_hit_only, error, warning
    )
