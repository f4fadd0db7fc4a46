"""Ordering: in which order a field's lookups are best asked, from price and hit rate.

The cheapest sufficient answer first: of lookups that may each settle the field, asking by rising
cost of one hit costs least on the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db.models import Sum

from integrations.accounts import Accounts
from integrations.models import LookupDay
from integrations.provider import Lookup
from integrations.registry import lookups

RATE_DAYS = 90
RATE_MIN_ASKED = 20
RATE_WITHOUT_HISTORY = 0.7
LEAST_RATE = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Offer:
    """A lookup with its price, how often it hits (0..1), and what a hit costs on the average."""

    lookup: Lookup
    price_usd: Decimal
    hit_rate: float
    per_hit_usd: Decimal
    is_enabled: bool


def hit_rates(slugs: Iterable[str], *, is_sandbox: bool) -> dict[str, float]:
    """Return how often lookups hit in the last 90 days, of those asked 20 times or more."""
    since = datetime.now(UTC).date() - timedelta(days=RATE_DAYS)
    seen = (
        LookupDay.objects.filter(lookup__in=list(slugs), is_sandbox=is_sandbox, day__gte=since)
        .values("lookup")
        .annotate(all_asked=Sum("asked"), all_hits=Sum("hits"))
    )
    return {
        row["lookup"]: row["all_hits"] / row["all_asked"]
        for row in seen
        if row["all_asked"] >= RATE_MIN_ASKED
    }


def propose(field: str, accounts: Accounts) -> list[Offer]:
    """Return the lookups that can supply a field, in the order that costs least.

    Those that are switched off come last. `accounts` have been refreshed.
    """
    found = [each for each in lookups() if field in each.supplies]
    rates = hit_rates([each.slug for each in found], is_sandbox=accounts.is_sandbox)
    offers = [_offer(each, accounts, rates) for each in found]
    return sorted(
        offers,
        key=lambda one: (not one.is_enabled, one.per_hit_usd, -one.hit_rate, one.lookup.slug),
    )


def _offer(found: Lookup, accounts: Accounts, rates: Mapping[str, float]) -> Offer:
    terms = accounts.terms(found)
    rate = rates.get(found.slug, RATE_WITHOUT_HISTORY)
    share = max(Decimal(str(round(rate, 6))), LEAST_RATE)
    per_hit = terms.price.usd if terms.price.on_hit_only else terms.price.usd / share
    return Offer(found, terms.price.usd, rate, round(per_hit, 6), terms.is_enabled)
