"""Replies: what comes from contacts, and STOP, START and HELP, honoured the moment they arrive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models.functions import Now

from contacts import suppression
from contacts.models import Contact
from integrations.accounts import is_sandbox
from outreach import words
from outreach.models import Channel, Message, Rules
from outreach.ringing import ring

log = structlog.get_logger(__name__)

NO_NUMBER = "it names no number"
ONE_KEY = "1"
SAID = {"stop": "no more messages", "start": "may be reached again", "help": "asked for help"}


def reply_arrived(said: Mapping[str, Any], *, at: datetime) -> str:
    """Take in a text from a contact, received at that moment; return what came of it, in words.

    The same text again changes nothing; an old STOP does not undo a later START.
    """
    phone, sid = _text(said, "From"), _text(said, "MessageSid") or _text(said, "SmsSid")
    if not phone.startswith("+") or not sid:
        return NO_NUMBER
    body = _text(said, "Body")
    meaning = words.meaning_of_reply(body, _text(said, "OptOutType"))
    with transaction.atomic():
        suppression.hold([phone])
        message, is_new = _kept(phone, sid, _text(said, "To"), body, meaning, at)
        obey(phone, meaning, at=at, note=f"wrote {body[:40]!r}")
        if is_new and meaning == "help":
            _answer(message)
    log.info("reply_arrived", message=message.pk, meaning=meaning)
    return SAID.get(meaning, "kept")


def key_pressed(said: Mapping[str, Any], *, at: datetime) -> str:
    """Take in a key that was pressed in a call of ours; 1 opts out of everything."""
    phone = _text(said, "To") if _text(said, "Direction").startswith("outbound") else ""
    phone = phone or _text(said, "From")
    if not phone.startswith("+"):
        return NO_NUMBER
    if _text(said, "Digits") != ONE_KEY:
        return "no key that means anything"
    with transaction.atomic():
        suppression.hold([phone])
        obey(phone, "stop", at=at, note="pressed 1 in a call")
        Message.objects.filter(sid=_text(said, "CallSid")).exclude(sid="").update(meaning="stop")
    return SAID["stop"]


def obey(phone: str, meaning: str, *, at: datetime, note: str) -> None:
    """Suppress a number, or lift what its own STOP has suppressed; cancel what waits for it."""
    if meaning == "stop":
        suppression.suppress([phone], suppression.Reason.STOP, note=note, at=at)
        cancel_waiting(phone, "said stop")
    elif meaning == "start":
        suppression.lift(phone, reasons=[suppression.Reason.STOP], why=note, at=at)


def cancel_waiting(phone: str, why: str) -> int:
    """Cancel what waits for a number; the number is held by the caller."""
    waiting = Message.objects.filter(
        phone=phone, direction=Message.Direction.OUT,
        state__in=[Message.State.WAITING, Message.State.CLAIMED],
    )  # fmt: skip
    return waiting.update(
        state=Message.State.CANCELLED, reason="do_not_contact", words=why[:300], worker_id=None,
        finished_at=Now(),
    )  # fmt: skip


def _kept(
    phone: str, sid: str, ours: str, body: str, meaning: str, at: datetime
) -> tuple[Message, bool]:
    """Keep the text once, in the campaign that it answers: the last that went to its number."""
    last = (
        Message.objects.filter(phone=phone, direction=Message.Direction.OUT)
        .exclude(sent_at=None)
        .order_by("-id")
        .first()
    )
    contact_id = last.contact_id if last else _contact_of(phone)
    return Message.objects.get_or_create(
        sid=sid[:34],
        defaults={
            "direction": Message.Direction.IN, "state": Message.State.RECEIVED, "phone": phone,
            "channel": Channel.SMS, "sender": ours[:64], "body": body, "meaning": meaning,
            "contact_id": contact_id, "campaign_id": last.campaign_id if last else None,
            "is_sandbox": is_sandbox(), "created_at": at, "finished_at": at,
            "remote_status": "received",
        },
    )  # fmt: skip


def _contact_of(phone: str) -> int | None:
    rows = Contact.objects.filter(phone_e164=phone).order_by("-pk")
    return rows.values_list("pk", flat=True).first()


def _answer(asked: Message) -> None:
    """Say what the office says to HELP, where Twilio does not."""
    text = Rules.current().help_text
    if not text:
        return
    Message.objects.create(
        phone=asked.phone, contact_id=asked.contact_id, body=text, sender=asked.sender,
        segments=words.segments(text).count, is_reply=True, is_sandbox=asked.is_sandbox,
    )  # fmt: skip
    ring(1)


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name, "")
    return value.strip() if isinstance(value, str) else ""
