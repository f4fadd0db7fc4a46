"""Messages in the back office: every one that was sent, refused or received, with its grounds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from contacts.admin.base import ToLookAt, table
from integrations.money import usd
from outreach.models import Message

COLOURS = {
    "sent": "success", "received": "info", "waiting": "info", "claimed": "info",
    "sending": "info", "refused": "warning", "unknown": "danger", "dead": "danger",
}  # fmt: skip
# What stands on a message's page, where there is something; and what it is called there.
FIELDS = {
    "state": "State", "words": "Why", "direction": "Direction", "channel": "Channel",
    "contact": "Contact", "campaign": "Campaign", "phone": "The contact's number",
    "sender": "Our number", "body": "Words", "voicemail": "To an answering machine",
    "segments": "Segments", "price": "Price", "remote_status": "What Twilio says of it",
    "error_code": "Twilio's error", "answered_by": "Answered by",
    "duration_s": "Seconds on the line", "meaning": "Meaning", "sid": "Twilio's SID",
    "created_at": "Written", "reserved_at": "Reserved", "sent_at": "Sent",
    "expires_at": "Not sent after", "finished_at": "Finished",
    "grounds": "Why it was sent, or not",
}  # fmt: skip
UNPAID = ("refused", "cancelled")


class MessageForm(forms.ModelForm):  # type: ignore[type-arg] # generic for the type checker only
    class Meta:
        model = Message
        fields = ()
        labels = FIELDS
        help_texts = dict.fromkeys(FIELDS, "")


@admin.register(Message)
class MessageAdmin(ToLookAt):
    list_display = ("phone", "state_shown", "words_shown", "campaign", "price", "created_at")
    list_filter = ("state", "direction", "channel", "reason")
    list_select_related = ("campaign",)
    search_fields = ("phone__startswith", "=sid")
    search_help_text = "The beginning of a number, or Twilio's SID"
    ordering = ("-id",)
    change_list_template = "contacts/list.html"
    empty_title = "No message yet"
    empty_words = (
        "What campaigns and people send stands here, with what came of it and why it was allowed;"
        " so does what was refused, and what people reply."
    )
    form = MessageForm
    readonly_fields = tuple(FIELDS)

    class Media:
        css = {"all": ["contacts/imports.css"]}

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Leave out what there is nothing of."""
        return [
            name
            for name in FIELDS
            if not hasattr(obj, name) or getattr(obj, name) not in (None, "")
        ]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Let a campaign's page link to its messages."""
        return lookup == "campaign__id__exact" or super().lookup_allowed(lookup, value, request)

    @display(description="State", label=COLOURS)
    def state_shown(self, row: Message) -> tuple[str, str]:
        return row.state, row.remote_status or row.get_state_display()

    @display(description="What")
    def words_shown(self, row: Message) -> str:
        said = row.words or row.body
        return said if len(said) <= 60 else f"{said[:60]}…"

    @display(description="Price")
    def price(self, row: Message) -> str:
        return "" if row.state in UNPAID else usd(row.price_usd)

    @display(description="Why it was sent, or not")
    def grounds(self, row: Message) -> SafeString | str:
        lines = [
            (one["at"][:16].replace("T", " "), one["asked"], check["name"].replace("_", " "),
             check["verdict"], check["why"])
            for one in row.evidence
            for check in one["checks"]
        ]  # fmt: skip
        heads = ["When", "At", "What", "It says", "Because"]
        return table(heads, lines) if lines else "Nothing was asked."
