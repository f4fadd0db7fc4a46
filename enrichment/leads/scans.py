"""Scans: which domains are to be looked at, and how far a scan is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone

from contacts.importing.companies import read_domain
from contacts.models import Company
from contacts.services import PERSON
from enrichment.models import DomainScan, LeadScore, ScanItem
from enrichment.ringing import ring_scan
from integrations.accounts import is_sandbox
from integrations.firm_domains import why_unusable
from integrations.providers.dns.mail import organisation

MOST = 10_000
REFUSED_KEPT = 100
SLICE = 1_000
_BETWEEN = re.compile(r"[\s,;]+")


class NothingToScan(ValueError):
    """Nothing in what was typed is a domain that can be looked at."""


def read_domains(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the domains in a text, each once and in their order, and what is none, with why.

    Addresses of pages and mailboxes are read for their domain.
    """
    domains: dict[str, None] = {}
    refused: dict[str, str] = {}
    for typed in filter(None, _BETWEEN.split(text.strip())):
        bare = typed.strip("<>\"'()")
        domain = read_domain(bare.rpartition("@")[2] if "://" not in bare else bare)
        why = why_unusable(domain or bare)
        if domain and not why:
            domains[organisation(domain)] = None
        else:
            refused[typed[:100]] = why or "is no domain"
    return list(domains), list(refused.items())


def start(
    domains: Collection[str],
    *,
    user: AbstractUser | None = None,
    refused: Iterable[tuple[str, str]] = (),
    is_forced: bool = False,
) -> DomainScan:
    """Set up a scan of domains and ring; companies that nobody has yet are made.

    Equal domains are one. Raises NothingToScan where there is none, or more than MOST.
    """
    wanted = sorted(set(domains))
    if not wanted:
        raise NothingToScan("There is no domain to look at. One looks like acme.com.")
    if len(wanted) > MOST:
        raise NothingToScan(f"A scan takes {MOST:,} domains at most; these are {len(wanted):,}.")
    with transaction.atomic():
        made = _make_companies(wanted, user)
        rows = Company.objects.filter(domain__in=wanted)
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        return _begin(
            ids, created_by=user, is_forced=is_forced, made_count=made,
            refused=list(refused)[:REFUSED_KEPT],
        )  # fmt: skip


def start_due(limit: int = SLICE) -> DomainScan | None:
    """Set up a scan of the domains that are due by schedule, the longest waiting first."""
    with transaction.atomic():
        due = LeadScore.objects.filter(
            rescan_at__lte=timezone.now(), company__domain__isnull=False
        ).exclude(company__scan_items__state__in=["waiting", "claimed"])
        ids = list(due.order_by("rescan_at").values_list("pk", flat=True)[:limit])
        return _begin(ids, kind=DomainScan.Kind.RESCAN) if ids else None


def _begin(company_ids: Collection[int], **fields: Any) -> DomainScan:
    scan = DomainScan.objects.create(
        total_count=len(company_ids), is_sandbox=is_sandbox(), **fields
    )
    ScanItem.objects.bulk_create(
        [ScanItem(scan=scan, company_id=id_) for id_ in sorted(company_ids)], batch_size=1000
    )
    ring_scan()
    return scan


def _make_companies(domains: Collection[str], user: AbstractUser | None) -> int:
    known = set(Company.objects.filter(domain__in=domains).values_list("domain", flat=True))
    by = f"{PERSON}{user.get_username()}" if user else "scan"
    fact = {"by": by, "at": timezone.now().isoformat(timespec="seconds"), "sure": 1.0}
    missing = [domain for domain in domains if domain not in known]
    Company.objects.bulk_create(
        [Company(domain=domain, provenance={"domain": fact}) for domain in missing],
        ignore_conflicts=True,
    )
    return len(missing)
