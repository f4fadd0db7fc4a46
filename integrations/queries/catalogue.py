"""The catalogue: every provider with all it does, the terms, limits and circuit of the moment."""

from __future__ import annotations

from typing import Any

from integrations import fleet
from integrations.accounts import Accounts
from integrations.acts import Act
from integrations.calls import AccountView
from integrations.errors import CallError
from integrations.provider import Lookup, Provider
from integrations.registry import PROVIDERS
from integrations.search import Search


def catalogue() -> list[dict[str, Any]]:
    """Return every provider as plain values, in the order of the registry; money as text."""
    accounts = Accounts()
    accounts.refresh()
    states = {state.key: state.state for state in fleet.known_states()}
    return [
        _provider(
            each, accounts, states[fleet.circuit_key(each.slug, in_sandbox=accounts.is_sandbox)]
        )
        for each in PROVIDERS
    ]


def _provider(each: Provider, accounts: Accounts, circuit: str) -> dict[str, Any]:
    view, problem = _view(each, accounts)
    windows = view.windows if view else (each.rate.windows() if each.rate else ())
    return {
        "provider": each.slug,
        "label": each.label,
        "docs": each.docs,
        "notice": each.notice,
        "state": problem or "ready",
        "circuit": circuit,
        "rate": [{"calls": limit, "per_s": seconds} for limit, seconds in windows],
        "in_flight": view.max_in_flight if view else each.max_in_flight,
        "lookups": [_lookup(found, accounts) for found in each.lookups.values()],
        "searches": [_search(accounts.priced(found)) for found in each.searches.values()],
        "acts": [_act(found, accounts) for found in each.acts.values()],
    }


def _lookup(found: Lookup, accounts: Accounts) -> dict[str, Any]:
    terms = accounts.terms(found)
    return {
        "lookup": found.slug,
        "label": found.label,
        "needs": sorted(found.needs),
        "uses": sorted(found.uses),
        "supplies": sorted(found.supplies),
        "price_usd": f"{terms.price.usd:f}",
        "charged": "on a hit" if terms.price.on_hit_only else "for every answer",
        "price_source": found.price.source or "a guess; the account's own price counts",
        "fresh_days": terms.fresh_for.days,
        "miss_fresh_days": terms.miss_fresh_for.days,
        "is_on": terms.is_enabled,
        "note": found.note,
    }


def _search(found: Search) -> dict[str, Any]:
    return {
        "search": found.slug,
        "label": found.label,
        "needs": ["latitude", "longitude"] if found.takes_circle else ["a place in words"],
        "supplies": ["businesses"],
        "price_usd": f"{found.price.usd:f}",
        "charged": "for every page",
        "page_size": found.page_size,
        "most": found.most,
        "note": found.note,
    }


def _act(found: Act, accounts: Accounts) -> dict[str, Any]:
    terms = accounts.act_terms(found)
    return {
        "act": found.slug,
        "label": found.label,
        "price_usd": f"{terms.price.usd:f}",
        "charged": f"for every {found.unit}",
        "price_source": found.price.source or "a guess; the account's own price counts",
        "is_on": terms.is_enabled,
        "note": found.note,
    }


def _view(each: Provider, accounts: Accounts) -> tuple[AccountView | None, str]:
    try:
        return accounts.view(each.slug), ""
    except CallError as why:
        return None, str(why)
