"""Writes what lookups told of a company into its columns, by the rules of survivorship."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction

from enrichment import firms, golden
from enrichment.engine.items import Outcome
from enrichment.survivorship import Claim


@transaction.atomic
def learn(company_id: int, outcomes: Iterable[Outcome]) -> bool:
    """Take the facts about the company in; tell whether the company is still there."""
    said = _said(outcomes)
    told = firms.locked([company_id], sorted(said) or ["id"])
    for firm in told.values():
        firm.said.update(said)
    firms.settle_and_write(told.values())
    return bool(told)


def _said(outcomes: Iterable[Outcome]) -> dict[str, list[Claim]]:
    """Return the claims about the company's columns."""
    said: defaultdict[str, list[Claim]] = defaultdict(list)
    for outcome in outcomes:
        for name, (value, sure) in outcome.facts.items():
            if golden.is_of_company(name):
                known = golden.coerce(name, value)
                said[name.removeprefix(golden.OF_COMPANY)].append(
                    Claim(known, outcome.lookup, sure, outcome.observed_at, outcome.answer)
                )
    return said
