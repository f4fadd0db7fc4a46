"""The list of syncs, and the addresses of their pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from unfold.decorators import display

from contacts.admin.base import ToLookAt
from contacts.admin.pages import READ, WRITE, addresses, number, opened
from crm_sync.admin.syncs import page
from crm_sync.admin.syncs.access import ROWS, may_stop, may_view
from crm_sync.models import Connection, Sync
from crm_sync.wording import STATE_COLOURS, in_short
from enrichment.wording import duration

NAMED = 100
FAILED = (Sync.State.FAILED, Sync.State.DEAD)
PAGES = (
    ("live", page.live, may_view, READ),
    ("stop", page.stop, may_stop, WRITE),
)


class ConnectionFilter(admin.SimpleListFilter):
    title = "connection"
    parameter_name = "connection"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Connection.objects.order_by("label", "pk").values_list("pk", "label")
        return [(str(pk), label) for pk, label in rows[:NAMED]]

    def queryset(self, request: HttpRequest, rows: QuerySet[Sync]) -> QuerySet[Sync]:
        asked, known = self.value() or "", {one for one, _ in self.lookup_choices}
        return rows.filter(connection_id=int(asked)) if asked in known else rows


class KindFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("dry", "Dry runs"), ("real", "Syncs")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Sync]) -> QuerySet[Sync]:
        asked = self.value()
        return rows.filter(is_dry=asked == "dry") if asked in ("dry", "real") else rows


@admin.register(Sync)
class SyncAdmin(ToLookAt):
    list_display = ("named", "state_shown", "came_to", "started_by", "when", "took")
    list_filter = (ConnectionFilter, "state", KindFilter, "cause")
    list_select_related = ("connection", "created_by")
    ordering = ("-id",)
    actions = None
    change_list_template = "crm_sync/syncs/list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sync]:
        rows: QuerySet[Sync] = super().get_queryset(request)
        return rows.defer("problems", "marks", "connection__secrets", "connection__token")

    def get_urls(self) -> list[URLPattern]:
        own = [
            (name, opened(view, may, ROWS, "crm_sync"), methods)
            for name, view, may, methods in PAGES
        ]
        return [*addresses(self, own), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        return super().changelist_view(request, {**(extra_context or {}), "title": "Syncs"})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return opened(page.page, may_view, ROWS, "crm_sync")(self, request, number(object_id))

    @display(description="Sync", header=True)
    def named(self, sync: Sync) -> tuple[str, str]:
        return str(sync.connection), page.kind_of(sync)

    @display(description="State", label=STATE_COLOURS)
    def state_shown(self, sync: Sync) -> tuple[str, str]:
        return sync.state, sync.get_state_display()

    @display(description="What it came to")
    def came_to(self, sync: Sync) -> str:
        said = in_short(sync.counts, is_dry=sync.is_dry)
        return sync.reason[:80] or said if sync.state in FAILED else said or sync.reason[:80]

    @display(description="Started by")
    def started_by(self, sync: Sync) -> str:
        return str(sync.created_by) if sync.created_by else sync.get_cause_display()

    @display(description="When", ordering="id")
    def when(self, sync: Sync) -> Any:
        return sync.started_at or sync.created_at

    @display(description="Took")
    def took(self, sync: Sync) -> str:
        if sync.started_at is None or sync.finished_at is None:
            return ""
        return duration(max(0.0, (sync.finished_at - sync.started_at).total_seconds()))
