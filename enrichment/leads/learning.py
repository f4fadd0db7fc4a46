"""Writes what lookups told of a company into its columns, by the rules of survivorship."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone

from contacts.models import Company
from enrichment import golden
from enrichment.engine.items import Outcome
from enrichment.survivorship import Claim, Standing, claims_of, settle


@transaction.atomic
def learn(company_id: int, outcomes: Iterable[Outcome]) -> bool:
    """Take the facts about the company in; tell whether the company is still there."""
    company = Company.objects.select_for_update().filter(pk=company_id).first()
    if company is None:
        return False
    news: dict[str, Standing] = {}
    for outcome in outcomes:
        for name, (value, sure) in outcome.facts.items():
            if golden.is_of_company(name):
                claim = Claim(
                    golden.coerce(name, value), outcome.lookup, sure, outcome.observed_at,
                    outcome.answer,
                )  # fmt: skip
                _take(company, name.removeprefix(golden.OF_COMPANY), claim, news)
    if news:
        provenance = {column: found.provenance() for column, found in news.items()}
        company.provenance = company.provenance | provenance
        company.revision += 1
        company.enriched_at = timezone.now()
        company.save(update_fields=[*news, "provenance", "revision", "enriched_at", "updated_at"])
    return True


def _take(company: Company, column: str, claim: Claim, news: dict[str, Standing]) -> None:
    """Let a claim stand beside those that the column has already."""
    held, before = getattr(company, column), company.provenance.get(column)
    plain = held.isoformat() if isinstance(held, date) else held
    standing = settle([*claims_of(plain, before), claim])
    if standing and standing.provenance() != before:
        setattr(company, column, standing.claim.value)
        news[column] = standing
