"""The back office of run items: per contact what was asked, answered, reused, skipped, and why."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from contacts.admin.base import ToLookAt, table
from enrichment.models import RunItem
from integrations.registry import UnknownLookup, lookup

COLOURS = {
    "done": "success", "claimed": "info", "failed": "danger", "dead": "danger", "waiting": "",
}  # fmt: skip
WORDS = {
    "error": "Failed",
    "hit": "Answered",
    "miss": "Asked, nothing known",
    "reused": "Known already",
    "skipped": "Not asked",
}


@admin.register(RunItem)
class RunItemAdmin(ToLookAt):
    list_display = ("contact_shown", "run", "state_shown", "cost_usd", "error", "finished_at")
    list_filter = ("state",)
    list_select_related = ("contact", "run")
    search_fields = ("contact__phone_e164",)  # makes the box; `get_search_results` does the work
    search_help_text = "The beginning of a number, with its +"
    ordering = ("-id",)
    fields = (
        "run", "contact", "state", "error", "trace_shown", "cost_usd", "tries", "losses",
        "due_at", "finished_at",
    )  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[RunItem], term: str
    ) -> tuple[QuerySet[RunItem], bool]:
        text = term.strip()
        return (rows.filter(contact__phone_e164__startswith=text) if text else rows), False

    @display(description="Contact", header=True)
    def contact_shown(self, item: RunItem) -> tuple[str, str]:
        return item.contact.phone_display, item.contact.full_name

    @display(description="State", label=COLOURS)
    def state_shown(self, item: RunItem) -> tuple[str, str]:
        return item.state, item.get_state_display()

    @display(description="What was asked")
    def trace_shown(self, item: RunItem) -> SafeString:
        rows = [
            (
                _label(slug),
                WORDS.get(entry.get("o", ""), entry.get("o", "")),
                entry.get("why", ""),
                f"${entry['usd']}" if entry.get("usd") else "",
                _answer_link(entry.get("a", "")),
            )
            for slug, entry in sorted(item.trace.items(), key=_asked_first)
        ]
        return table(("lookup", "what became of it", "why", "price", "answer"), rows)


def _asked_first(traced: tuple[str, dict[str, str]]) -> tuple[int, str]:
    slug, entry = traced
    outcome = entry.get("o", "")
    return list(WORDS).index(outcome) if outcome in WORDS else len(WORDS), slug


def _label(slug: str) -> str:
    try:
        return lookup(slug).label
    except UnknownLookup:
        return slug


def _answer_link(answer_id: str) -> str:
    if not answer_id:
        return ""
    link = reverse("admin:enrichment_answer_change", args=[answer_id])
    return format_html('<a class="text-primary-600" href="{}">show</a>', link)
