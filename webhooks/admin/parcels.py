"""Parcels in the back office: what was owed to whom, what came of each try, and once more."""

from __future__ import annotations

import contextlib
import json
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html
from unfold.decorators import display

from contacts.admin.base import table
from integrations.secrets import SecretUnreadable
from webhooks.admin.replaying import ToReplay
from webhooks.models import Parcel, Subscription
from webhooks.out import sending
from webhooks.out.events import EVENTS, label_of
from webhooks.out.posting import letter_of
from webhooks.out.signing import headers, message_name
from webhooks.out.subscriptions import opened
from webhooks.out.wording import title_and_text
from webhooks.ringing import ring_out

COLOURS = {
    "waiting": "info", "claimed": "info", "delivered": "success", "kept": "", "failed": "danger",
    "dead": "danger",
}  # fmt: skip
NAMED = 200


class SubscriptionFilter(admin.SimpleListFilter):
    title = "subscription"
    parameter_name = "subscription"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = Subscription.objects.order_by("name", "id").values_list("pk", "name")[:NAMED]
        return [(str(pk), name) for pk, name in rows]

    def queryset(self, request: HttpRequest, rows: QuerySet[Parcel]) -> QuerySet[Parcel]:
        asked = self.value() or ""
        return rows.filter(subscription_id=int(asked)) if asked in self._known() else rows

    def _known(self) -> set[str]:
        return {str(pk) for pk, _ in self.lookup_choices}


class EventFilter(admin.SimpleListFilter):
    title = "event"
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, event.label) for kind, event in EVENTS.items() if event.is_told]

    def queryset(self, request: HttpRequest, rows: QuerySet[Parcel]) -> QuerySet[Parcel]:
        return rows.filter(kind=self.value()) if self.value() in EVENTS else rows


@admin.register(Parcel)
class ParcelAdmin(ToReplay):
    list_display = ("what", "subject", "subscription", "state_shown", "outcome", "created_at")
    list_filter = (SubscriptionFilter, EventFilter, "state")
    list_select_related = ("subscription",)
    search_fields = ("subject",)  # makes the search box; `get_search_results` does the work
    search_help_text = "The id of a contact, a run or an import, or a webhook-id, whole"
    ordering = ("-id",)
    fields = (
        "what", "subject", "subscription", "state_said", "outcome", "tries", "created_at",
        "due_shown", "tries_shown", "sent",
    )  # fmt: skip
    actions = ("again",)

    class Media:
        css = {"all": ["webhooks/parcels.css"]}

    empty_title = "Nothing has been owed to anybody yet"
    empty_words = (
        "Once something happens that a subscription hears of, it is listed here with what came of"
        " each try to tell it. Subscriptions are made by an admin."
    )
    empty_act = ""
    again_all = "Send all of these again …"
    again_asked = "Send them again?"
    again_button = "Send {:,} again"
    again_done = "{:,} will be sent again, with the same ids."
    again_words = (
        "are sent once more, from their first try and with the same ids: a receiver that keeps to"
        " Standard Webhooks drops what it has had."
    )

    def ended(self, rows: QuerySet[Parcel]) -> QuerySet[Parcel]:
        return sending.ended(rows)

    def replay(self, rows: QuerySet[Parcel]) -> int:
        count = sending.replay(rows)
        transaction.on_commit(ring_out)
        return count

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[Parcel], term: str
    ) -> tuple[QuerySet[Parcel], bool]:
        wanted = term.strip()
        if not wanted:
            return rows, False
        found = Q(subject=wanted)
        with contextlib.suppress(ValueError):
            found |= Q(message_id=UUID(wanted.removeprefix("msg_")))
        return rows.filter(found), False

    @admin.action(description="Send them again", permissions=["replay"])
    def again(self, request: HttpRequest, rows: QuerySet[Parcel]) -> None:
        if count := self.replay(rows):
            messages.success(request, self.again_done.format(count))
        else:
            messages.info(request, "They are waiting or being sent as it is.")

    @display(description="Event", ordering="kind")
    def what(self, row: Parcel) -> str:
        return "Several events" if row.kind == "several" else label_of(row.kind)

    @display(description="State", label=COLOURS)
    def state_shown(self, row: Parcel) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description="State")
    def state_said(self, row: Parcel) -> str:
        return row.get_state_display()

    @display(description="Next try")
    def due_shown(self, row: Parcel) -> str:
        return date_format(row.due_at, "DATETIME_FORMAT") if row.state == "waiting" else "-"

    @display(description="Each try")
    def tries_shown(self, row: Parcel) -> str:
        rows = [
            (
                date_format(one.made_at, "DATETIME_FORMAT"),
                one.status or "-",
                f"{one.took_ms:,} ms",
                one.outcome or "Delivered",
            )
            for one in row.attempts.order_by("-id")[:20]
        ]
        return table(["When", "Status", "Took", "What came of it"], rows) if rows else "None yet"

    @display(description="What is sent")
    def sent(self, row: Parcel) -> str:
        return format_html('<pre class="text-xs as-sent">{}</pre>', _as_sent(row))


def _as_sent(row: Parcel) -> str:
    """Return what is sent, as it would be now: a signature counts for the moment of a try."""
    if row.subscription.says_words:
        return "\n\n".join(title_and_text(row.body))
    text = json.dumps(json.loads(row.body), indent=2, ensure_ascii=False)
    try:
        letter = letter_of(row, opened(row.subscription))
    except SecretUnreadable:
        return f"webhook-id: {message_name(row.message_id)}\n\n{text}"
    signed = headers(letter.name, int(row.due_at.timestamp()), letter.body.encode(), letter.keys)
    lines = "\n".join(f"{name}: {value}" for name, value in signed.items())
    return f"POST {row.subscription.place}\n{lines}\n\n{text}"
