"""The list of runs, and the addresses of their pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from contacts.admin.base import ToMake
from contacts.admin.pages import READ, WRITE, addresses, number, signed_in
from enrichment import progress
from enrichment.admin.runs import page, start, steering
from enrichment.admin.runs.access import (
    may_add,
    may_approve,
    may_steer,
    may_view,
    opened,
)
from enrichment.models import Run
from enrichment.templatetags.enrichment_words import percent
from integrations.money import usd

# Address, view, who may, how.
PAGES = (
    ("live", page.live, may_view, READ),
    ("approve", steering.approve, may_approve, WRITE),
    ("estimate", steering.estimate, lambda user, run: may_add(user), WRITE),
    ("pause", steering.pause, may_steer, WRITE),
    ("resume", steering.resume, may_steer, WRITE),
    ("cancel", steering.cancel, may_steer, WRITE),
    ("cap", steering.cap, may_steer, WRITE),
    ("again", steering.again, lambda user, run: may_add(user), WRITE),
)


class Mine(admin.SimpleListFilter):
    title = "who made it"
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("me", "I")]

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        return rows.filter(created_by=request.user.pk) if self.value() == "me" else rows


@admin.register(Run)
class RunAdmin(ToMake):
    list_display = ("named", "state_shown", "how_far", "spent", "by", "created_at")
    list_filter = ("state", Mine, "recipe", "team", "mode", "is_sandbox")
    list_select_related = ("recipe", "created_by")
    search_fields = ("name__istartswith",)
    search_help_text = "The beginning of a run's name"
    change_list_template = "enrichment/runs/list.html"

    def get_urls(self) -> list[URLPattern]:
        count = signed_in(self, start.count, WRITE)
        pages = [(name, opened(view, may), methods) for name, view, may, methods in PAGES]
        return [
            path("add/count/", count, name="enrichment_run_count"),
            *addresses(self, pages),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return start.add(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return opened(page.page, may_view)(self, request, number(object_id))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        context = {**(extra_context or {}), "title": "Runs"}
        return super().changelist_view(request, context)

    @display(description="Run", header=True)
    def named(self, run: Run) -> tuple[str, str]:
        return str(run), run.recipe.name

    @display(description="State", label=page.COLOURS)
    def state_shown(self, run: Run) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @display(description="Contacts")
    def how_far(self, run: Run) -> SafeString | str:
        if run.state == Run.State.DRAFT:
            share = progress.share_done(run)
            return _quiet(f"being estimated, {percent(share)}" if share else "being estimated")
        if run.state == Run.State.READY:
            count = (run.estimate or {}).get("contacts")
            return "" if count is None else _quiet(f"{count:,} to look up")
        return _bar(run) if run.total_count else ""

    @display(description="Spent")
    def spent(self, run: Run) -> str:
        cap = "" if run.cap_usd is None else f" of {usd(run.cap_usd)}"
        return f"{usd(run.spent_usd)}{cap}" + (" (sandbox)" if run.is_sandbox else "")


def _quiet(words: str) -> SafeString:
    return format_html('<span class="imp-quiet">{}</span>', words)


def _bar(run: Run) -> SafeString:
    """Not by a template: fifty of them are a third of what the list takes."""
    failed = f", {run.failed_count:,} failed" if run.failed_count else ""
    return format_html(
        '<span class="enr-bar"><progress class="imp-progress" max="{}" value="{}"'
        ' aria-label="Progress of {}"></progress><span>{} of {}{}</span></span>',
        run.total_count, run.finished_count, run, f"{run.finished_count:,}",
        f"{run.total_count:,}", failed,
    )  # fmt: skip
