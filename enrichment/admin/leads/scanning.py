"""Having domains looked at: the form, and the page that says how far a scan is."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

from contacts.admin.pages import person, show
from enrichment.admin.leads.forms import ScanForm
from enrichment.leads import scans
from enrichment.models import DomainScan, LeadScore

SHOWN = 50


def add(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Type or paste domains; then they are looked at."""
    if not request.user.has_perm("enrichment.scan_lead"):
        raise PermissionDenied
    form = ScanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = scans.start(
            form.found, user=person(request), refused=form.refused,
            is_forced=form.cleaned_data["is_forced"],
        )  # fmt: skip
        return redirect("admin:enrichment_leadscore_scan", made.pk)
    recent = DomainScan.objects.select_related("created_by")[:10]
    return show(
        office, request, "enrichment/leads/scan.html", "Look at domains", form=form, recent=recent
    )


def scan(office: ModelAdmin, request: HttpRequest, scan_id: int) -> HttpResponse:
    """How far a scan is, and what it brought."""
    found = _scan(office, request, scan_id)
    return show(office, request, "enrichment/leads/scanned.html", str(found), **_standing(found))


def progress(office: ModelAdmin, request: HttpRequest, scan_id: int) -> HttpResponse:
    """The part that changes; when the scan has ended the whole page comes anew."""
    found = _scan(office, request, scan_id)
    if found.finished_at:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return show(office, request, "enrichment/leads/_progress.html", "", **_standing(found))


def _scan(office: ModelAdmin, request: HttpRequest, scan_id: int) -> DomainScan:
    if not office.has_view_permission(request):
        raise PermissionDenied
    found = DomainScan.objects.select_related("created_by").filter(pk=scan_id).first()
    if found is None:
        raise Http404(f"there is no scan {scan_id}")
    return found


def _standing(scan: DomainScan) -> dict[str, Any]:
    leads = LeadScore.objects.filter(company__scan_items__scan=scan).select_related("company")
    troubled = scan.items.exclude(error="").select_related("company")
    return {
        "scan": scan,
        "leads": leads.order_by("priority", "-readiness", "company")[:SHOWN],
        "troubled": troubled[:SHOWN],
        "shown": SHOWN,
    }
