"""The list of leads, the best first, and the addresses of their pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from contacts.admin.base import ToLookAt
from contacts.admin.pages import READ, WRITE, signed_in
from contacts.searching import newest_companies
from enrichment.admin.leads import page, scanning
from enrichment.leads import wording
from enrichment.models import LeadScore

FOUND = 1_000
COLOURS = {
    "migration": "success", "existing": "info", "shielded": "info", "cold": "warning",
    "skip": "danger", "unknown": "",
}  # fmt: skip


class Provider(admin.SimpleListFilter):
    title = "mail provider"
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, office: Any) -> list[tuple[str, str]]:
        return [(slug, label) for slug, label in wording.PROVIDERS.items() if slug]

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        return rows.filter(provider=self.value()) if self.value() else rows


class Priority(admin.SimpleListFilter):
    title = "priority"
    parameter_name = "priority"

    def lookups(self, request: HttpRequest, office: Any) -> list[tuple[str, str]]:
        words = {1: "1, the first to call", 7: "7, the last"}
        return [(str(one), words.get(one, str(one))) for one in range(1, 8)]

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        chosen = self.value() or ""
        return rows.filter(priority=int(chosen)) if chosen in set("1234567") and chosen else rows


@admin.register(LeadScore)
class LeadAdmin(ToLookAt):
    list_display = ("named", "readiness_shown", "segment_shown", "rank", "mail", "words", "expires")
    list_filter = ("segment", Priority, Provider, "expiry")
    list_select_related = ("company",)
    search_fields = ("company__domain",)  # makes the search box; `get_search_results` does the work
    search_help_text = "Any part of a company's name or domain"
    ordering = ("priority", "-readiness", "company")
    actions = None
    change_list_template = "enrichment/leads/list.html"

    def get_urls(self) -> list[URLPattern]:
        pages = (
            ("<int:pk>/rescan/", page.rescan, WRITE, "rescan"),
            ("scans/<int:scan_id>/", scanning.scan, READ, "scan"),
            ("scans/<int:scan_id>/progress/", scanning.progress, READ, "progress"),
        )
        return [
            *(
                path(route, signed_in(self, view, methods), name=f"enrichment_leadscore_{name}")
                for route, view, methods, name in pages
            ),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LeadScore]:
        rows: QuerySet[LeadScore] = super().get_queryset(request)
        return rows.defer("company__provenance", "reasons", "signals")

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[LeadScore], term: str
    ) -> tuple[QuerySet[LeadScore], bool]:
        if not term.strip():
            return rows, False
        return rows.filter(company__in=newest_companies(term, FOUND)), False

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return bool(request.user.has_perm("enrichment.scan_lead"))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return scanning.add(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return page.lead(self, request, object_id)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        context = {**(extra_context or {}), "title": "Leads"}
        return super().changelist_view(request, context)

    @display(description="Company", header=True)
    def named(self, lead: LeadScore) -> tuple[str, str]:
        company = lead.company
        return company.name or str(company), (company.domain or "") if company.name else ""

    @display(description="Readiness")
    def readiness_shown(self, lead: LeadScore) -> SafeString | str:
        if lead.readiness is None:
            return wording.NOT_YET
        return render_to_string("enrichment/leads/_readiness.html", {"lead": lead})

    @display(description="Segment", label=COLOURS)
    def segment_shown(self, lead: LeadScore) -> tuple[str, str]:
        return lead.segment, lead.get_segment_display()

    @display(description="Priority")
    def rank(self, lead: LeadScore) -> str:
        return "" if lead.priority is None else str(lead.priority)

    @display(description="Mail provider")
    def mail(self, lead: LeadScore) -> str:
        return wording.provider(lead.provider)

    @display(description="Marks")
    def words(self, lead: LeadScore) -> str:
        return ", ".join(lead.tags)

    @display(description="Domain expires")
    def expires(self, lead: LeadScore) -> str:
        if lead.expires_on is None:
            return ""
        text = f"{lead.expires_on:%-d %b %Y}"
        if lead.expiry in ("soon", "expired"):
            return format_html('<span class="enr-due">{}</span>', text)
        return text
