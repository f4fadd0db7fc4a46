"""Statuses: Twilio's callbacks about messages and calls, and what it says when it is asked.

What is written goes forward only and may be written again, so that callbacks may come late, twice
and in any order. A message is known by its SID; before we know that, by our own ticket, which
Twilio gives back in the callback's address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Now

from contacts import happenings
from contacts.numerals import whole
from integrations.providers.twilio_messaging import Sent, reason
from outreach import ranks, reckoning, voicemail
from outreach.models import Channel, Message
from outreach.ringing import ring_voicemail

log = structlog.get_logger(__name__)

NOBODY = "no message of ours"
OLD_NEWS = "known already"
TICKET = "_m"


@dataclass(frozen=True, slots=True)
class Word:
    """What Twilio says of a message or a call at one moment."""

    sid: str
    status: str
    rank: int
    error_code: str = ""
    error: str = ""
    answered_by: str = ""
    duration_s: int | None = None
    price_usd: Decimal | None = None
    segments: int = 0


def status_arrived(said: Mapping[str, Any]) -> str:
    """Take in a status callback of a text; return what came of it, in words."""
    status = _text(said, "MessageStatus") or _text(said, "SmsStatus")
    word = Word(
        _text(said, "MessageSid") or _text(said, "SmsSid"), status,
        ranks.rank(Channel.SMS, status), error_code=_text(said, "ErrorCode"),
        error=_text(said, "ErrorMessage"),
    )  # fmt: skip
    return take(word, _text(said, TICKET))


def call_status_arrived(said: Mapping[str, Any]) -> str:
    """Take in a status callback of a call; return what came of it, in words."""
    status = _text(said, "CallStatus")
    sequence = whole(_text(said, "SequenceNumber"))
    word = Word(
        _text(said, "CallSid"), status, ranks.rank(Channel.VOICE, status, sequence),
        error_code=_text(said, "ErrorCode"), answered_by=_text(said, "AnsweredBy"),
        duration_s=whole(_text(said, "CallDuration")),
    )  # fmt: skip
    return take(word, _text(said, TICKET))


def machine_arrived(said: Mapping[str, Any]) -> str:
    """Take in who answered a call: a person, or what kind of machine, which is then spoken to."""
    sid, answered_by = _text(said, "CallSid"), _text(said, "AnsweredBy")[:20]
    ours = Message.objects.filter(direction=Message.Direction.OUT, sid=sid).exclude(sid="")
    found = ours if ours.exists() else by_ticket(sid, _text(said, TICKET))
    if not sid or not answered_by:
        return NOBODY
    with transaction.atomic(savepoint=False):
        message = found.select_for_update().first()
        if message is None:
            return NOBODY
        if message.answered_by == answered_by:
            return OLD_NEWS
        found.update(answered_by=answered_by, sid=sid[:34])
        if voicemail.is_due(answered_by) and not message.finished_at:
            ring_voicemail(message.pk)
    return "noted"


def of_sent(channel: str, sent: Sent) -> Word:
    """Return what Twilio answered about a message when it was asked."""
    code = str(sent.error_code or "")
    return Word(
        sent.sid, sent.status, ranks.rank(channel, sent.status), code, sent.error,
        sent.answered_by, sent.duration_s, sent.price_usd, sent.segments,
    )  # fmt: skip


def take(word: Word, ticket: str = "") -> str:
    """Write a status where it says more than the last; return what came of it, in words.

    What has changed is told to whoever wants to hear of it, in the same transaction.
    """
    if not word.sid or not word.status:
        return NOBODY
    with transaction.atomic(savepoint=False):
        came = _take(word, ticket)
        if came not in (OLD_NEWS, NOBODY) and happenings.is_wanted(happenings.MESSAGE_STATUS):
            happenings.tell(happenings.MESSAGE_STATUS, [_told(word)])
    return came


def _told(word: Word) -> tuple[int, dict[str, Any]]:
    row = Message.objects.get(direction=Message.Direction.OUT, sid=word.sid)
    return row.pk, {
        "id": row.pk, "contact": row.contact_id, "channel": row.channel,
        "status": row.remote_status, "error": row.words if row.error_code else "",
    }  # fmt: skip


def _take(word: Word, ticket: str) -> str:
    known = Message.objects.filter(direction=Message.Direction.OUT, sid=word.sid)
    if known.filter(remote_rank__lt=word.rank).update(**_changes(word)):
        return word.status
    if known.exists():
        return OLD_NEWS
    rows = by_ticket(word.sid, ticket)
    unknown = rows.select_for_update().filter(state=Message.State.UNKNOWN).first()
    if rows.filter(remote_rank__lt=word.rank).update(**_changes(word)):
        if unknown:
            reckoning.resolve(unknown, was_sent=True)
        return word.status
    return OLD_NEWS if rows.update(sid=word.sid) else NOBODY


def by_ticket(sid: str, ticket: str) -> QuerySet[Message]:
    """Return the message that our ticket names, if it has no other id of Twilio's yet."""
    known = Message.objects.filter(direction=Message.Direction.OUT, pk=whole(ticket) or 0)
    if other := known.exclude(sid__in=["", sid]).values_list("pk", flat=True).first():
        log.error("message_made_twice", message=other, sid=sid)
    return known.filter(sid__in=["", sid])


def _changes(word: Word) -> dict[str, Any]:
    is_final = word.rank >= ranks.FINAL
    has_failed = bool(word.error_code)
    changes: dict[str, Any] = {
        "sid": word.sid[:34],
        "remote_status": word.status[:20],
        "remote_rank": word.rank,
        "error_code": word.error_code[:10],
        "words": reason(word.error_code, word.error).text[:300] if has_failed else "",
        "reason": "twilio" if has_failed else "",
        "state": Message.State.SENT,
        "worker_id": None,
        "sent_at": Coalesce(F("sent_at"), Now()),
        "look_at": None if is_final else F("look_at"),
        "finished_at": Now() if is_final else F("finished_at"),
    }
    if word.answered_by:
        changes["answered_by"] = word.answered_by[:20]
    if word.duration_s is not None:
        changes["duration_s"] = word.duration_s
    if word.price_usd is not None:
        changes["price_usd"] = word.price_usd
    if word.segments:
        changes["segments"] = word.segments
    return changes


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name, "")
    return value.strip() if isinstance(value, str) else ""
