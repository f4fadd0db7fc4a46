"""Reads about discoveries for their pages: places, sums by search, companies, money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from enrichment.models import Discovery, DiscoveryFind, DiscoveryPlace, Fate
from integrations.models import Budget
from integrations.money import UsdField
from integrations.registry import searches

PER_PAGE = 50
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows; `number` counts from 1."""

    rows: Sequence[Any]
    number: int
    has_more: bool


def _page(rows: QuerySet[Any], number: int) -> Page:
    number = max(1, number)
    first = (number - 1) * PER_PAGE
    found = list(rows[first : first + PER_PAGE + 1])
    return Page(found[:PER_PAGE], number, len(found) > PER_PAGE)


def places(row: Discovery, number: int) -> Page:
    """Return a page of a discovery's places, in the order they were typed."""
    return _page(DiscoveryPlace.objects.filter(discovery=row).order_by("pk"), number)


def companies(row: Discovery, number: int) -> Page:
    """Return a page of the companies without a phone."""
    finds = DiscoveryFind.objects.filter(discovery=row, fate=Fate.COMPANY, company__isnull=False)
    return _page(finds.select_related("company", "place").order_by("pk"), number)


def spent_usd(row: Discovery) -> Decimal:
    """Return what a discovery has spent, as its budget says."""
    found = Budget.objects.filter(key=row.budget_key).values_list("spent_usd", flat=True).first()
    return found or ZERO


def with_spent(rows: QuerySet[Discovery]) -> QuerySet[Discovery]:
    """Add `spent` to discoveries, for their list."""
    key = Concat(Value("discovery:"), Cast(OuterRef("pk"), CharField()))
    spent = Budget.objects.filter(key=key).values("spent_usd")
    return rows.annotate(spent=Coalesce(Subquery(spent), Value(ZERO), output_field=UsdField()))


def fates(row: Discovery) -> list[tuple[str, str, int]]:
    """Return every fate with its words and count."""
    return [(fate.value, str(fate.label), row.fates[fate.value]) for fate in Fate]


def by_search(row: Discovery) -> list[dict[str, Any]]:
    """Return what each search brought, in the order they are asked."""
    labels = {slug: one.label for slug, one in searches().items()}
    return [
        {"label": labels.get(slug, slug), **row.by_search[slug]}
        for slug in row.searches
        if slug in row.by_search
    ]
