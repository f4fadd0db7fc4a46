"""What the recipe's page foresees of a draft: its picture, and what a contact would cost."""

from __future__ import annotations

from typing import Any

from enrichment import imagining, recipes
from enrichment.composing import Draft
from enrichment.drafting import kept_of
from enrichment.ordering import RATE_WITHOUT_HISTORY, hit_rates
from enrichment.picturing import picture
from integrations.accounts import Accounts


def foreseen(draft: Draft, accounts: Accounts) -> dict[str, Any]:
    """Return what the template shows; `accounts` have been refreshed."""
    plan = recipes.plan(kept_of(draft), accounts)
    prices = {step.slug: accounts.terms(step).price for step in plan.lookups}
    if not prices:
        return {"cost": None, "picture": None}
    rates = hit_rates(prices, is_sandbox=accounts.is_sandbox)
    total, per_field = imagining.cost(plan, prices, rates, RATE_WITHOUT_HISTORY)
    drawn = picture(plan, imagining.at_hand(plan), imagining.waves(plan, prices), prices)
    return {
        "cost": total,
        "field_costs": list(per_field.items()),
        "contacts_imagined": imagining.CONTACTS,
        "rates_seen": len(rates),
        "lookup_count": len(prices),
        "rate_assumed": RATE_WITHOUT_HISTORY,
        "picture": drawn,
    }
