"""Performing: one reserved message goes to Twilio, once, and what that came to."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import structlog

from integrations import acting
from integrations.acting import Performed, Promise
from integrations.calls import AccountView, Call
from integrations.errors import (
    CallError,
    CredentialRejected,
    NotEntitled,
    QuestionRejected,
    QuotaExhausted,
    RateReached,
    Refused,
    SenderUnfit,
    Throttled,
    Unreachable,
)
from integrations.gate import Gate
from integrations.provider import Api
from integrations.providers.twilio_messaging import (
    MACHINE_DETECTION,
    TWILIO_MESSAGING,
    Hangup,
    Key,
    Part,
    Pause,
    Phonecall,
    Say,
    Sent,
    Sms,
    callback_to,
    place_call,
    send_sms,
    twiml,
)
from outreach.models import Channel
from outreach.pricing import address_of, minutes
from outreach.sending.claiming import Parcel

log = structlog.get_logger(__name__)

Ending = Literal["sent", "refused", "again", "unknown"]
# A worker that stood still between the commit and the call may have been declared lost, and its
# message may be on its way again: it does not send any more.
STALE_S = 10.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 300.0
# What nobody but an operator can mend: the campaign stands still until somebody did.
OPERATORS = (CredentialRejected, QuotaExhausted, SenderUnfit)
OPT_OUT = "To get no more calls from us, press 1."


@dataclass(slots=True, eq=False)
class Posted:
    """What became of a parcel; `due_at` is when it may be tried again."""

    parcel: Parcel
    ending: Ending
    done: Performed[Sent]
    due_at: datetime | None = None

    @property
    def sent(self) -> Sent | None:
        return self.done.result

    @property
    def error(self) -> CallError | None:
        return self.done.error

    @property
    def blocks(self) -> bool:
        """Whether its campaign stands still until an operator has acted."""
        return isinstance(self.error, OPERATORS)


async def perform(gate: Gate, promise: Promise, parcel: Parcel) -> Posted:
    """Send a parcel whose permits are given and whose price is reserved."""
    if time.monotonic() - parcel.reserved_at > STALE_S:
        log.warning("parcel_stale", message=parcel.id)
        return left_behind(promise, parcel, RateReached("this worker stood still before it"))
    view = promise.view
    granted = replace(promise, view=replace(view, windows=()), paces=())

    async def deed(api: Api) -> Sent:
        if parcel.channel == Channel.SMS:
            return await send_sms(api, _sms(parcel, view))
        detects = MACHINE_DETECTION.name in dict(promise.parts)
        return await place_call(api, _phonecall(parcel, view, detects=detects))

    done = await acting.perform(gate, granted, deed)
    if done.error is None:
        return Posted(parcel, "sent", done)
    return Posted(parcel, _ending(done.call, done.error), done, _due_at(parcel, done.error))


def left_behind(promise: Promise, parcel: Parcel, why: Refused) -> Posted:
    """Return a parcel that was reserved and never sent: it waits, and is asked about again."""
    call = Call(TWILIO_MESSAGING, promise.view, promise.intent.request_id)
    done: Performed[Sent] = Performed(promise, call, error=why)
    return Posted(parcel, "again", done, _due_at(parcel, why))


def _sms(parcel: Parcel, view: AccountView) -> Sms:
    ticket = str(parcel.id)
    callback = callback_to(address_of(view), "sms-status", ticket)
    return Sms(parcel.phone, parcel.body, parcel.sender, callback, parcel.valid_s, ticket)


def _phonecall(parcel: Parcel, view: AccountView, *, detects: bool) -> Phonecall:
    ticket, public = str(parcel.id), address_of(view)
    return Phonecall(
        parcel.phone,
        parcel.sender,
        twiml(*_said(parcel, callback_to(public, "inbound-voice", ticket))),
        callback=callback_to(public, "voice-status", ticket),
        detects_machine=detects,
        records=parcel.is_recorded,
        machine_callback=callback_to(public, "amd", ticket),
        longest_s=60 * minutes(parcel.longest),
        ticket=ticket,
    )


def _said(parcel: Parcel, action: str) -> Sequence[Part]:
    words = Say(parcel.body)
    if not action:
        return (Pause(1), words, Hangup())
    return (Pause(1), Key(action, (words, Say(OPT_OUT))), Hangup())


def _ending(call: Call, error: CallError) -> Ending:
    """Tell what an error means for the message: it did not go, it may go later, or who knows."""
    if isinstance(error, (*OPERATORS, Refused, Throttled, Unreachable)):
        return "again"
    if isinstance(error, QuestionRejected | NotEntitled):
        return "refused"
    return "unknown" if call.sent else "again"


def _due_at(parcel: Parcel, error: CallError) -> datetime:
    pause_s = min(FIRST_PAUSE_S * 2 ** min(parcel.tries, 8), LONGEST_PAUSE_S)
    later = datetime.now(UTC) + timedelta(seconds=error.retry_after_s or pause_s)
    return max(error.retry_at, later) if error.retry_at else later
