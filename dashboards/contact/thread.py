"""Messages with a contact: what went and came, and one more, looked at before it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contacts.models import Contact
from dashboards.contact.access import contact_view, person
from outreach import singles
from outreach.models import Message, Template
from outreach.singles import MessageRefused

VIEW, SEND = "outreach.view_message", "outreach.send_message"
SHOWN, CHOICES = 100, 50
LONGEST_ID = 18
COLOURS = {
    "refused": "warning", "unknown": "danger", "dead": "danger", "cancelled": "warning",
    "sent": "success", "received": "info",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """A message, and its state as a pill."""

    message: Message
    pill: dict[str, str]


def thread(contact: Contact) -> dict[str, Any]:
    """Return the newest messages with the number, the oldest of them first, and the templates."""
    rows = Message.objects.filter(phone=contact.phone_e164).select_related("campaign")
    newest = list(rows.order_by("-id")[:SHOWN])
    texts = Template.objects.filter(channel="sms", archived_at=None).order_by("name")
    return {"said": [_said(row) for row in reversed(newest)], "templates": texts[:CHOICES]}


def _said(row: Message) -> Said:
    words = row.remote_status if row.state == Message.State.SENT else ""
    colour = "danger" if row.error_code else COLOURS.get(row.state, "")
    return Said(row, {"text": words or row.get_state_display(), "colour": colour})


@contact_view(VIEW, SEND, methods=("POST",))
def look(request: HttpRequest, contact: Contact) -> HttpResponse:
    """What a text would be for this contact, and what speaks against it; nothing is sent."""
    typed = _typed(request)
    if wrong := singles.problems(singles.written(typed)):
        return _tab(request, contact, typed, error=wrong)
    return _tab(request, contact, typed, preview=_preview(contact, typed))


@contact_view(VIEW, SEND, methods=("POST",))
def send(request: HttpRequest, contact: Contact) -> HttpResponse:
    typed = _typed(request)
    try:
        singles.send(contact, singles.written(typed), user=person(request))
    except MessageRefused as refused:
        return _tab(request, contact, typed, error=str(refused))
    return _tab(request, contact)


def _typed(request: HttpRequest) -> str:
    """Return the words that were typed, else those of the template that was chosen."""
    typed = request.POST.get("body", "").strip()
    chosen = request.POST.get("template", "")
    if typed or not chosen.isdecimal() or len(chosen) > LONGEST_ID:
        return typed
    found = Template.objects.filter(channel="sms", archived_at=None, pk=int(chosen)).first()
    return found.body if found else ""


def _preview(contact: Contact, typed: str) -> dict[str, Any]:
    found = singles.preview(contact, singles.written(typed))
    message = found.message
    return {
        "text": message.body,
        "segments": message.segments,
        "price_usd": message.price_usd,
        "refusal": message.words if message.state == Message.State.REFUSED else "",
        "later": message.words if message.state == Message.State.WAITING else "",
        "due_at": found.decision.due_at,
    }


def _tab(
    request: HttpRequest,
    contact: Contact,
    typed: str = "",
    *,
    preview: dict[str, Any] | None = None,
    error: str = "",
) -> HttpResponse:
    context = {
        "contact": contact,
        "rows": thread(contact),
        "typed": typed,
        "preview": preview,
        "error": error,
    }
    return render(request, "dashboards/contact/tab_messages.html", context)
