"""Looking: Twilio is asked about messages that it told us nothing final of, and about lost ones.

A message whose sending nobody knows of is looked for in Twilio's own list, by number, words and
time. Found, it has Twilio's id and status. Only when the list has not had it for
OUTREACH_MISSING_S since it was reserved, and at least in two looks, it may go again.
"""

from __future__ import annotations

import asyncio
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils import timezone

from contacts import suppression
from integrations import ledger
from integrations.accounts import Accounts
from integrations.api import HttpApi
from integrations.calls import AccountView, Call
from integrations.errors import CallError, NotFound
from integrations.gate import Gate
from integrations.ids import uuid7
from integrations.lanes import Lane
from integrations.ledger import Intent, Settled
from integrations.providers.twilio_messaging import (
    TWILIO_MESSAGING,
    Sent,
    fetch_call,
    fetch_message,
    list_calls,
    list_messages,
)
from outreach import reckoning, statuses
from outreach.campaigns.service import ENDED
from outreach.models import Channel, Message
from outreach.runtime import Runtime

log = structlog.get_logger(__name__)

AT_ONCE = 100
HELD_S = 120.0  # whoever has taken rows to look at is back, or gone, by then
LEAST_LOOKS = 2
EARLY = timedelta(minutes=2)  # clocks differ
LATE = timedelta(minutes=10)
LAST_LOOK = timedelta(days=2)
NOT_THERE = "Twilio does not have it: it was not sent"
LOST_TEXT = "Twilio does not know it any more"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message that Twilio is asked about; without a `sid` it is looked for."""

    id: int
    channel: str
    phone: str
    body: str
    sid: str
    looks: int
    reserved_at: datetime
    contact_id: int | None


@dataclass(slots=True)
class Found:
    """What Twilio said: of a known message `sent`, of a lost one all that fit; or an error."""

    wanted: Wanted
    call: Call
    sent: Sequence[Sent] = ()
    error: CallError | None = None


def work(runtime: Runtime, seconds: float) -> bool:
    """Ask about what is due for about `seconds`; tell whether there may be more."""
    stop_at = time.monotonic() + seconds
    return runtime.run(_work(runtime.gate, stop_at))


async def _work(gate: Gate, stop_at: float) -> bool:
    lane, accounts = Lane("looks"), Accounts()
    try:
        while time.monotonic() < stop_at:
            await lane.run(accounts.refresh)
            try:
                view = accounts.view(TWILIO_MESSAGING.slug)
            except CallError as why:
                log.warning("cannot_look", why=str(why))
                return False
            wanted = await lane.run(take)
            if not wanted:
                return False
            found = await asyncio.gather(*(_look(gate, view, one) for one in wanted))
            await lane.run(settle, found)
            for one in found:
                await lane.run(learn, one)
        return True
    finally:
        await asyncio.get_running_loop().run_in_executor(None, lane.close)


def take(limit: int = AT_ONCE) -> list[Wanted]:
    """Take messages that are due to be looked at; nobody else gets them for a while."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outreach_message SET look_at = now() + %s * interval '1 second'"
            " WHERE id = ANY(ARRAY(SELECT id FROM outreach_message WHERE look_at <= now()"
            " ORDER BY look_at LIMIT %s FOR UPDATE SKIP LOCKED))"
            " RETURNING id, channel, phone, body, sid, looks, reserved_at, contact_id",
            [HELD_S, limit],
        )
        return [Wanted(*row) for row in cursor.fetchall()]


async def _look(gate: Gate, view: AccountView, wanted: Wanted) -> Found:
    is_sms = wanted.channel == Channel.SMS
    kind = "message" if is_sms else "call"
    name = f"fetch_{kind}" if wanted.sid else f"list_{kind}s"
    found = Found(wanted, Call(TWILIO_MESSAGING, view, uuid7(), (name,)))
    api = HttpApi(gate, found.call)
    try:
        if wanted.sid:
            found.sent = [await (fetch_message if is_sms else fetch_call)(api, wanted.sid)]
        else:
            since = wanted.reserved_at - EARLY
            found.sent = await (list_messages if is_sms else list_calls)(api, wanted.phone, since)
    except CallError as error:
        found.error = found.call.error = error
    return found


def settle(found: Sequence[Found]) -> None:
    """Write what was asked to the ledger; it is free."""
    asked = [one for one in found if one.call.sent]
    ledger.settle([_settled(one) for one in asked])


def _settled(one: Found) -> Settled:
    (name,) = one.call.lookups
    kind = "error" if one.error and not isinstance(one.error, NotFound) else "hit"
    intent = Intent(
        uuid7(), one.call.request_id, one.call.account.id, one.call.provider.slug, {name: None},
        Decimal(0), one.wanted.contact_id, is_sandbox=one.call.account.is_sandbox,
    )  # fmt: skip
    outcome = "failed" if kind == "error" else "answered"
    return Settled(one.call, [intent], outcome, [(name, kind, Decimal(0))])


def learn(found: Found) -> None:
    """Write what was found about one message; may be committed twice."""
    one = found.wanted
    if found.error and not isinstance(found.error, NotFound):
        _later(one, 60.0)
    elif one.sid:
        _fetched(one, found.sent)
    else:
        _listed(one, found.sent)


def _fetched(one: Wanted, sent: Sequence[Sent]) -> None:
    if not sent:
        Message.objects.filter(pk=one.id).update(look_at=None, words=LOST_TEXT)
        return
    statuses.take(statuses.of_sent(one.channel, sent[0]))
    _later(one, settings.OUTREACH_POLL_S * 2 ** min(one.looks, 8))


def _listed(one: Wanted, sent: Sequence[Sent]) -> None:
    """Take the message that Twilio has, or let it go again when it surely has none."""
    suppression.hold([one.phone])
    unknown = Message.objects.select_for_update().filter(pk=one.id, state=Message.State.UNKNOWN)
    message = unknown.first()
    if message is None:
        Message.objects.filter(pk=one.id).exclude(state=Message.State.SENT).update(look_at=None)
        return
    if match := _match(one, sent):
        statuses.take(statuses.of_sent(one.channel, match), str(one.id))
        _later(one, settings.OUTREACH_POLL_S)
        return
    age_s = (timezone.now() - one.reserved_at).total_seconds()
    if one.looks + 1 >= LEAST_LOOKS and age_s >= settings.OUTREACH_MISSING_S:
        is_over = unknown.filter(campaign__state__in=ENDED).exists()
        unknown.update(
            state=Message.State.CANCELLED if is_over else Message.State.WAITING, words=NOT_THERE,
            look_at=None, looks=0, due_at=timezone.now(), losses=0,
        )  # fmt: skip
        reckoning.resolve(message, was_sent=False)
        log.warning("message_not_at_twilio", message=one.id)
        return
    _later(one, settings.OUTREACH_UNKNOWN_S)


def _match(one: Wanted, sent: Sequence[Sent]) -> Sent | None:
    """Return what fits by number, time and words, and is no other message of ours."""
    fit = [s for s in sent if s.direction != "inbound" and _is_of(one, s)]
    known = set(
        Message.objects.filter(sid__in=[s.sid for s in fit])
        .exclude(pk=one.id)
        .values_list("sid", flat=True)
    )
    fit = [s for s in fit if s.sid not in known]
    return min(
        fit, key=lambda s: abs((s.created_at or one.reserved_at) - one.reserved_at), default=None
    )


def _is_of(one: Wanted, sent: Sent) -> bool:
    if sent.created_at and not -EARLY <= sent.created_at - one.reserved_at <= LATE:
        return False
    return one.channel != Channel.SMS or _folded(sent.body) == _folded(one.body)


def _folded(text: str) -> str:
    """Return the letters and digits of a text: Twilio replaces look-alikes and blanks."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if c.isalnum()).lower()


def _later(one: Wanted, pause_s: float) -> None:
    """Look again after a while, unless nothing more can change."""
    rows = Message.objects.filter(pk=one.id).exclude(look_at=None)
    is_old = timezone.now() - one.reserved_at > LAST_LOOK
    is_known = rows.filter(state=Message.State.SENT).exists()
    look_at = None if is_old and is_known else timezone.now() + timedelta(seconds=pause_s)
    rows.update(look_at=look_at, looks=F("looks") + 1)
