"""What one account pays: the price of a provider's file, unless the account has its own."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.acts import Act
from integrations.models import AccountLookup
from integrations.provider import Price


@dataclass(frozen=True, slots=True)
class ActTerms:
    """Whether an account lets an act be performed, and what a unit of it costs."""

    is_enabled: bool
    price: Price


def act_terms(act: Act, change: AccountLookup | None) -> ActTerms:
    """Return an act's terms with what an operator changed about it, if anything."""
    is_on = change.is_enabled if change else act.is_on_by_default
    return ActTerms(is_on, own_price(act.price, change))


def own_price(price: Price, change: AccountLookup | None) -> Price:
    """Return the account's own price, else the provider's file's."""
    if change is None or change.price_usd is None:
        return price
    return Price(change.price_usd, price.on_hit_only)
