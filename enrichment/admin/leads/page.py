"""The page of one lead: what is known of its domain, how the score comes about, what changed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from contacts.admin.pages import number, person, show
from contacts.models import Company
from enrichment.leads import scans, wording
from enrichment.models import LeadChange, LeadScore

SHOWN = 50


def lead(office: ModelAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """Everything about one lead."""
    if not office.has_view_permission(request):
        raise PermissionDenied
    rows = LeadScore.objects.select_related("company")
    found = get_object_or_404(rows, pk=number(object_id))
    past = list(LeadChange.objects.filter(company=found.company)[: SHOWN + 1])
    return show(
        office, request, "enrichment/leads/page.html", str(found.company),
        lead=found, company=found.company,
        reasons=wording.breakdown(found), facts=_facts(found.company, found),
        history=[(change, wording.in_words(change)) for change in past[:SHOWN]],
        has_more=len(past) > SHOWN, shown=SHOWN,
        may_scan=request.user.has_perm("enrichment.scan_lead"),
        company_url=_company_url(request, found.company),
    )  # fmt: skip


def rescan(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Have the lead's domain looked at anew."""
    if not request.user.has_perm("enrichment.scan_lead"):
        raise PermissionDenied
    found = LeadScore.objects.select_related("company").filter(pk=pk).first()
    if found is None or not found.company.domain:
        raise Http404(f"there is no lead {pk}")
    scan = scans.start([found.company.domain], user=person(request), is_forced=True)
    messages.success(request, f"{found.company.domain} is looked at anew.")
    return redirect("admin:enrichment_leadscore_scan", scan.pk)


def _facts(company: Company, found: LeadScore) -> list[tuple[str, Any]]:
    """Return label and value of what is known of the domain."""
    gateway = "" if company.mail_gateway == "none" else company.mail_gateway
    policy = company.dmarc_policy if company.has_dmarc else ""
    percent = company.dmarc_percent
    part = f" for {percent} % of the mail" if policy and percent not in (None, 100) else ""
    rows: list[tuple[str, Any]] = [
        ("Mail provider", wording.provider(found.provider)),
        ("Mail host", company.mail_host if company.has_mx else ""),
        ("Gateway", gateway if company.has_mx else ""),
        ("SPF", company.spf if company.has_spf else ""),
        ("DMARC policy", f"{policy}{part}"),
        ("Registrar", company.registrar),
        ("Registered", _day(company.domain_created_on)),
        ("Expires", _day(company.domain_expires_on)),
        ("Name servers", company.name_servers),
        ("Address", company.ip_address),
        ("Hosted by", company.hosting_provider),
        ("Hosted in", company.hosting_country),
    ]
    return [(label, value) for label, value in rows if value]


def _day(day: date | None) -> str:
    return f"{day:%-d %b %Y}" if day else ""


def _company_url(request: HttpRequest, company: Company) -> str:
    if not request.user.has_perm("contacts.view_company"):
        return ""
    return reverse("admin:contacts_company_change", args=[company.pk])
