"""Writes what lookups told of a company into its columns, by the rules of survivorship."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from contacts.models import Company
from enrichment import golden
from enrichment.engine.items import Outcome
from enrichment.survivorship import Claim, current, survives


@transaction.atomic
def learn(company_id: int, outcomes: Iterable[Outcome]) -> bool:
    """Take the facts about the company in; tell whether the company is still there."""
    company = Company.objects.select_for_update().filter(pk=company_id).first()
    if company is None:
        return False
    changed: dict[str, Claim] = {}
    for outcome in outcomes:
        for name, (value, sure) in outcome.facts.items():
            if golden.is_of_company(name):
                claim = Claim(
                    golden.coerce(name, value), outcome.lookup, sure, outcome.observed_at,
                    outcome.answer,
                )  # fmt: skip
                _take(company, name.removeprefix(golden.OF_COMPANY), claim, changed)
    if changed:
        provenance = {name: claim.provenance() for name, claim in changed.items()}
        company.provenance = company.provenance | provenance
        company.revision += 1
        company.enriched_at = timezone.now()
        company.save(
            update_fields=[*changed, "provenance", "revision", "enriched_at", "updated_at"]
        )
    return True


def _take(company: Company, column: str, claim: Claim, changed: dict[str, Claim]) -> None:
    standing = changed.get(column) or current(
        getattr(company, column), company.provenance.get(column)
    )
    if survives(standing, claim):
        setattr(company, column, claim.value)
        changed[column] = claim
