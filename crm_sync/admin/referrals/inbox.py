"""The inbox of referrals: what is new, of which kind, linked or not, and until when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timeuntil
from unfold.decorators import display

from contacts.admin.base import ToLookAt
from contacts.admin.pages import addresses, number, opened
from contacts.importing.companies import name_key
from crm_sync.admin.referrals.page import PAGES, ROWS, may_view, page
from crm_sync.models import Connection, Referral

LINKS = {
    "auto": "success", "manual": "success", "created": "success", "several": "warning",
    "none": "info",
}  # fmt: skip
STATUSES = {"New": "info", "Active": "success"}
NAMED = 100


class DeadlineFilter(admin.SimpleListFilter):
    title = "deadline"
    parameter_name = "deadline"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("3", "Within 3 days"), ("7", "Within a week"), ("over", "Over, not answered")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Referral]) -> QuerySet[Referral]:
        asked, now = self.value(), timezone.now()
        if asked == "over":
            return rows.filter(status="New", expires_at__lte=now)
        if asked in ("3", "7"):
            ends = now + timedelta(days=int(asked))
            return rows.filter(status="New", expires_at__gt=now, expires_at__lte=ends)
        return rows


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(one, one) for one in ("New", "Active", "Closed")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Referral]) -> QuerySet[Referral]:
        known = {one for one, _ in self.lookup_choices}
        return rows.filter(status=self.value()) if self.value() in known else rows


class ConnectionFilter(admin.SimpleListFilter):
    title = "connection"
    parameter_name = "connection"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Connection.objects.filter(kind="partner_center").order_by("label")
        return [(str(pk), label) for pk, label in rows.values_list("pk", "label")[:NAMED]]

    def queryset(self, request: HttpRequest, rows: QuerySet[Referral]) -> QuerySet[Referral]:
        asked, known = self.value() or "", {one for one, _ in self.lookup_choices}
        return rows.filter(connection_id=int(asked)) if asked in known else rows


@admin.register(Referral)
class ReferralAdmin(ToLookAt):
    list_display = ("who", "kind_shown", "status_shown", "link_shown", "firm", "ends", "deal")
    list_filter = ("link_state", "kind", StatusFilter, DeadlineFilter, ConnectionFilter)
    list_select_related = ("company",)
    search_fields = ("customer_name",)  # makes the search box; `get_search_results` does the work
    search_help_text = "The beginning of a name or a domain, or an id, whole"
    ordering = ("-id",)
    actions = None
    change_list_template = "contacts/list.html"
    empty_title = "No referral has come in yet"
    empty_words = (
        "Once Partner Center is connected and signed in, incoming referrals are listed here after"
        " the next sync. Connections are made by an admin."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Referral]:
        rows: QuerySet[Referral] = super().get_queryset(request)
        return rows.defer("raw", "notes", "company__provenance")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Referral], search_term: str
    ) -> tuple[QuerySet[Referral], bool]:
        """Find by the beginning of a name or a domain, each by its index, and by an id."""
        term = " ".join(search_term.split())[:255]
        if not term:
            return queryset, False
        wanted = Q(domain__startswith=term.lower()) | Q(remote_id=term)
        if key := name_key(term):
            wanted |= Q(name_key__startswith=key)
        return queryset.filter(wanted), False

    def get_urls(self) -> list[URLPattern]:
        own = [
            (name, opened(view, may, ROWS, "crm_sync"), methods)
            for name, view, may, methods in PAGES
        ]
        return [*addresses(self, own), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return opened(page, may_view, ROWS, "crm_sync")(self, request, number(object_id))

    @display(description="Customer", header=True)
    def who(self, row: Referral) -> tuple[str, str]:
        return str(row), row.domain

    @display(description="Kind")
    def kind_shown(self, row: Referral) -> str:
        return row.get_kind_display()

    @display(description="Status", label=STATUSES)
    def status_shown(self, row: Referral) -> tuple[str, str]:
        said = ", ".join(filter(None, (row.status, row.substatus.lower())))
        return row.status, said or "Unknown"

    @display(description="Link", label=LINKS)
    def link_shown(self, row: Referral) -> tuple[str, str]:
        return row.link_state, row.get_link_state_display()

    @display(description="Company")
    def firm(self, row: Referral) -> str:
        return str(row.company or "")

    @display(description="Answer by")
    def ends(self, row: Referral) -> str:
        return deadline_of(row)

    @display(description="Deal")
    def deal(self, row: Referral) -> str:
        return deal_of(row)


def deadline_of(row: Referral) -> str:
    """Return until when it can be answered, "" where that is over or not told."""
    if row.status != "New" or row.expires_at is None:
        return ""
    day = date_format(timezone.localtime(row.expires_at), "j M Y H:i")
    left = timeuntil(row.expires_at, depth=1)
    return f"{day}, over" if row.expires_at <= timezone.now() else f"{day}, in {left}"


def deal_of(row: Referral) -> str:
    """Return what the deal is worth, "" where nothing is told."""
    return "" if row.deal_value is None else f"{row.deal_value:,.2f} {row.currency}".strip()
