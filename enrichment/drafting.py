"""Drafting: a draft as a run would keep it, so that the planner can be asked about it unsaved."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from contacts.numerals import whole
from enrichment import golden
from enrichment.composing import Draft, Wish
from enrichment.conditions import CONDITIONS
from integrations.registry import lookups

DRAFT_DAYS_MOST = 99_999  # more than can be kept, so that the check can say so


def kept_of(draft: Draft) -> dict[str, Any]:
    """Return the draft in the form of `recipes.snapshot`; what is wrong in it is left out."""
    known = {each.slug for each in lookups()}
    wishes = [wish for wish in draft.wishes if wish.field in golden.FIELDS]
    kept: dict[str, Any] = {
        "wanted": [
            [wish.field, _share(wish.sufficient), [s for s in wish.steps if s in known]]
            for wish in wishes
        ],
        "fresh_days": _days(draft.fresh_days),
        "conditions": {wish.field: _conditions(wish) for wish in wishes},
        "beside": {wish.field: [s for s in wish.steps[1:] if s in wish.beside] for wish in wishes},
        "field_fresh_days": {
            wish.field: days for wish in wishes if (days := _days(wish.fresh_days))
        },
    }
    cap = _number(draft.cap_per_contact_usd)
    return kept | ({} if cap is None or cap < 0 else {"cap_per_contact_usd": str(cap)})


def _conditions(wish: Wish) -> dict[str, str]:
    return {slug: only for slug, only in wish.conditions.items() if only in CONDITIONS}


def _share(typed: str) -> float:
    value = _number(typed)
    return 0.5 if value is None else float(min(max(value, Decimal(0)), Decimal(1)))


def _days(typed: str) -> int | None:
    return whole(typed, most=DRAFT_DAYS_MOST) or None


def _number(typed: str) -> Decimal | None:
    try:
        value = Decimal(typed)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
