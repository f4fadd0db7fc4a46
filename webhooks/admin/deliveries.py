"""Deliveries in the back office: what came, what came of it, and once more."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.decorators import display

from webhooks.admin.replaying import ToReplay
from webhooks.models import Delivery, Sender
from webhooks.processing import ended, replay

COLOURS = {"waiting": "info", "claimed": "info", "done": "success", "kept": "", "dead": "danger"}
SENDERS = {
    "twilio": "Twilio", "verizon": "Verizon", "leads": "Leads", **dict(Sender.Slug.choices),
}  # fmt: skip


class SenderFilter(admin.SimpleListFilter):
    title = "sender"
    parameter_name = "sender"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(SENDERS.items())

    def queryset(self, request: HttpRequest, rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return rows.filter(sender=self.value()) if self.value() in SENDERS else rows


@admin.register(Delivery)
class DeliveryAdmin(ToReplay):
    list_display = ("what", "subject", "state_shown", "outcome", "received_at")
    list_filter = (SenderFilter, "state")
    search_fields = ("subject",)  # makes the search box; `get_search_results` does the work
    search_help_text = "A whole id, or why one was given up"
    again_words = (
        "are worked once more, from their first try. What an event means may be repeated: nothing"
        " happens twice."
    )
    empty_title = "Nothing has come in yet"
    empty_words = (
        "What Twilio, Verizon, CRMs and others post to us stands here. Make an API key for leads, "
        "or enter an address of ours at a sender."
    )
    ordering = ("-id",)
    fields = (
        "what", "subject", "event", "state_shown", "outcome", "tries", "received_at",
        "finished_at", "said",
    )  # fmt: skip
    actions = ("again",)

    def ended(self, rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return ended(rows)

    def replay(self, rows: QuerySet[Delivery]) -> int:
        return replay(rows)

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[Delivery], term: str
    ) -> tuple[QuerySet[Delivery], bool]:
        """Look for an id by its index; else among those that were given up, which are few."""
        wanted = term.strip()
        if not wanted:
            return rows, False
        found = rows.filter(Q(subject=wanted) | Q(sender__in=list(SENDERS), event=wanted))
        if found.exists():
            return found, False
        return rows.filter(state=Delivery.State.DEAD, outcome__icontains=wanted), False

    @admin.action(description="Work them again", permissions=["replay"])
    def again(self, request: HttpRequest, rows: QuerySet[Delivery]) -> None:
        count = replay(rows)
        if count:
            messages.success(request, f"{count} will be worked again.")
        else:
            messages.info(request, "They are waiting or in work as it is.")

    @display(description="Event", ordering="sender")
    def what(self, row: Delivery) -> str:
        return f"{SENDERS.get(row.sender, row.sender)}: {row.kind.replace('-', ' ')}"

    @display(description="State", label=COLOURS)
    def state_shown(self, row: Delivery) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description="What was said")
    def said(self, row: Delivery) -> str:
        text = json.dumps(row.payload, indent=2, ensure_ascii=False)
        return format_html('<pre class="text-xs whitespace-pre-wrap">{}</pre>', text)
