"""Learning: what a lookup came to becomes an item's trace, inputs, and claims about fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from domains.consumer_mail import is_consumer_mail
from enrichment import golden
from enrichment.engine.items import Item, Outcome
from enrichment.survivorship import Claim
from integrations.registry import UnknownLookup, lookup

DOMAIN = "company.domain"


def learn(item: Item, outcomes: Iterable[Outcome]) -> None:
    """Take outcomes into the item: trace, cost, inputs for other lookups, golden fields."""
    for outcome in outcomes:
        before = item.trace.get(outcome.lookup, {}).get("o")
        if not (outcome.is_reused and before in ("hit", "miss")):
            item.trace[outcome.lookup] = outcome.trace()
        item.cost_usd += outcome.usd
        item.pending.pop(outcome.lookup, None)
        if outcome.kind == "pending" and outcome.due_at:
            item.pending[outcome.lookup] = outcome.due_at
        is_ours = not outcome.facts or not _speaks_of_another_firm(item, outcome)
        for name, (value, sure) in outcome.facts.items():
            if is_ours or not golden.is_of_company(name):
                _learn_fact(item, outcome, name, value, sure)


def _learn_fact(item: Item, outcome: Outcome, name: str, value: Any, sure: float) -> None:
    claim = Claim(
        golden.coerce(name, value),
        outcome.lookup,
        sure,
        outcome.observed_at,
        outcome.answer,
        item.run.rank(name, outcome.lookup),
    )
    if claim.is_empty or (name == DOMAIN and is_consumer_mail(claim.value)):
        return
    item.said.setdefault(name, []).append(claim)
    item.settle(name)


def _speaks_of_another_firm(item: Item, outcome: Outcome) -> bool:
    """Tell whether the answer is about a firm that is not the contact's.

    A provider that is asked about a person may know them at another firm; its facts would spoil
    the one that this contact shares with others. Who was asked about the firm speaks of it.
    """
    said, held = _said_domain(outcome.facts), item.company and item.company.values.get(DOMAIN)
    if not said or not held or said == held:
        return False
    try:
        asked = lookup(outcome.lookup)
    except UnknownLookup:
        return True
    return not any(golden.is_of_company(need) for need in asked.needs)


def _said_domain(facts: Mapping[str, tuple[Any, float]]) -> str:
    value, _ = facts.get(DOMAIN, ("", 0.0))
    return str(golden.coerce(DOMAIN, value)) if value else ""
