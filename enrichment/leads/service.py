"""Settling leads: what a company's columns say becomes its score, its changes and its next look.

Whoever learned something of a company calls `settle`; that is all there is between a scan, a run
or an edit and the lead. Settling twice changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from contacts.models import Company
from enrichment.leads import changes, rules
from enrichment.leads.scoring import Verdict, score
from enrichment.leads.signals import Signals, signals_of
from enrichment.models import LeadChange, LeadScore

FIRST_PAUSE = timedelta(hours=1)
CHUNK = 500
# Columns that only a look at the domain fills: a company with none of them is no lead yet.
SEEN = (
    Q(has_mx__isnull=False) | Q(has_spf__isnull=False) | Q(has_dmarc__isnull=False)
    | Q(domain_expires_on__isnull=False) | ~Q(registrar="")
)  # fmt: skip

CHANGED = Q(lead__isnull=True) | ~Q(lead__company_revision=F("revision"))


def settle(company_ids: Collection[int], *, is_scan: bool = False) -> None:
    """Score the companies anew; after a scan also those of which nothing was learned."""
    ids = sorted(set(company_ids))
    for at in range(0, len(ids), CHUNK):
        with transaction.atomic():
            _settle(ids[at : at + CHUNK], is_scan=is_scan)


def settle_changed(limit: int = 10_000) -> int:
    """Settle companies that changed since their lead was, or were never; return how many."""
    of_other_rules = ~Q(lead__rules_version=rules.current().version)
    return _settle_some(Company.objects.filter(CHANGED | of_other_rules), limit)


def settle_learned(company_ids: Collection[int]) -> int:
    """Settle those of the companies that changed since their lead was; return how many."""
    return _settle_some(Company.objects.filter(CHANGED, pk__in=company_ids), len(company_ids))


def _settle_some(rows: QuerySet[Company], limit: int) -> int:
    rows = rows.filter(SEEN, domain__isnull=False)
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
    settle(ids)
    return len(ids)


def _settle(ids: list[int], *, is_scan: bool) -> None:
    LeadScore.objects.bulk_create(
        [LeadScore(company_id=id_, rules_version="") for id_ in _existing(ids)],
        ignore_conflicts=True,
    )
    leads = list(LeadScore.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    # Read once the leads are ours: together they would show the company as it was before the wait.
    companies = Company.objects.in_bulk([lead.pk for lead in leads])
    now = timezone.now()
    for lead in leads:
        if company := companies.get(lead.pk):
            _settle_one(lead, company, now, is_scan=is_scan)


def _existing(ids: list[int]) -> list[int]:
    rows = Company.objects.filter(pk__in=ids, domain__isnull=False)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _settle_one(lead: LeadScore, company: Company, now: datetime, *, is_scan: bool) -> None:
    of = rules.current()
    signals = signals_of(company, now.date())
    verdict = score(of, signals)
    standing = changes.kept(signals, verdict)
    found = changes.changes(
        lead.signals, standing, same_rules=lead.rules_version in ("", of.version)
    )
    for change in found:
        _write_down(company, change)
    _fill(lead, signals, verdict, of.version)
    lead.company_revision = company.revision
    lead.signals = changes.carried(lead.signals, standing)
    lead.scored_at = now
    if is_scan:
        lead.scanned_at = now
        lead.unknown_times = 0 if signals.is_complete else min(lead.unknown_times + 1, 20)
        lead.rescan_at = now + pause(lead.unknown_times)
    lead.save()


def pause(unknown_times: int) -> timedelta:
    """Return when a domain is looked at again: soon while something is unknown, then rarer."""
    usual = timedelta(days=settings.LEADS_RESCAN_DAYS)
    soon: timedelta = FIRST_PAUSE * 2 ** (unknown_times - 1) if unknown_times else usual
    return min(soon, usual)


def _fill(lead: LeadScore, signals: Signals, verdict: Verdict, version: str) -> None:
    lead.readiness, lead.segment = verdict.readiness, verdict.segment
    lead.priority = verdict.priority
    lead.provider = signals.provider
    lead.expiry, lead.expires_on = signals.expiry, signals.expires_on
    lead.reasons = [asdict(reason) for reason in verdict.reasons]
    lead.tags = list(verdict.tags)
    lead.rules_version = version


def _write_down(company: Company, change: changes.Change) -> None:
    """Write a change once: its key has the last one of its kind in it (the row is locked)."""
    same = LeadChange.objects.filter(company=company, kind=change.kind)
    last = same.order_by("-pk").values_list("pk", flat=True).first() or 0
    domain = company.domain or ""
    row: dict[str, Any] = {
        "company": company, "domain": domain, "kind": change.kind, "old": change.old[:253],
        "new": change.new[:253], "alert": change.alert,
    }  # fmt: skip
    key = f"{domain}|{change.kind}|{change.new}|{last}"
    LeadChange.objects.bulk_create([LeadChange(key=key, **row)], ignore_conflicts=True)
