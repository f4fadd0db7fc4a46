"""The list of discoveries, and the addresses of their pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import URLPattern
from django.utils.safestring import SafeString
from unfold.decorators import display

from contacts.admin.base import ToMake
from contacts.admin.pages import READ, WRITE, addresses, number
from enrichment.admin.discoveries import page, start, steering
from enrichment.admin.discoveries.access import may_add, may_approve, may_steer, may_view, opened
from enrichment.discovery import queries
from enrichment.models import Discovery
from integrations.money import usd

# Address, view, who may, how.
PAGES = (
    ("live", page.live, may_view, READ),
    ("companies", page.companies, may_view, READ),
    ("approve", steering.approve, may_approve, WRITE),
    ("estimate", steering.estimate, lambda user, row: may_add(user), WRITE),
    ("pause", steering.pause, may_steer, WRITE),
    ("resume", steering.resume, may_steer, WRITE),
    ("cancel", steering.cancel, may_steer, WRITE),
    ("cap", steering.cap, may_steer, WRITE),
    ("again", steering.again, lambda user, row: may_add(user), WRITE),
)


@admin.register(Discovery)
class DiscoveryAdmin(ToMake):
    list_display = ("named", "state_shown", "how_far", "found", "spent_shown", "by", "created_at")
    list_filter = ("state", "is_sandbox")
    list_select_related = ("created_by",)
    search_fields = ("name__istartswith",)
    search_help_text = "The beginning of a discovery's name"
    change_list_template = "enrichment/discoveries/list.html"

    def get_urls(self) -> list[URLPattern]:
        pages = [(name, opened(view, may), methods) for name, view, may, methods in PAGES]
        return [*addresses(self, pages), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Discovery]:
        return queries.with_spent(super().get_queryset(request))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return start.add(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return opened(page.page, may_view)(self, request, number(object_id))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        context = {**(extra_context or {}), "title": "Discoveries"}
        return super().changelist_view(request, context)

    @display(description="Discovery", header=True)
    def named(self, row: Discovery) -> tuple[str, str]:
        places = f"{row.place_count:,} place{'' if row.place_count == 1 else 's'}"
        return str(row), f"{row.kind or 'any kind'}, {places}"

    @display(description="State", label=page.COLOURS)
    def state_shown(self, row: Discovery) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description="Places")
    def how_far(self, row: Discovery) -> SafeString:
        return render_to_string("enrichment/discoveries/_bar.html", {"row": row})

    @display(description="Found")
    def found(self, row: Discovery) -> str:
        new = f", {row.new_count:,} new" if row.new_count else ""
        return f"{row.found_count:,}{new}"

    @display(description="Spent")
    def spent_shown(self, row: Discovery) -> str:
        cap = "" if row.cap_usd is None else f" of {usd(row.cap_usd)}"
        spent = usd(getattr(row, "spent", 0))
        return f"{spent}{cap}" + (" (sandbox)" if row.is_sandbox else "")
