"""Calls: placed once, with what is said; changed and ended while they last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from integrations.errors import CallError, QuestionRejected, SenderUnfit
from integrations.provider import Api
from integrations.providers.own.refusing import refused
from integrations.providers.twilio_messaging.senders import (
    E164,
    callback_to,
    checked_number,
    voice_for,
    with_ticket,
)
from integrations.providers.twilio_messaging.sent import (
    ACCOUNT,
    READ,
    Sent,
    create,
    listed,
    read_sent,
)

EVENTS = ("initiated", "ringing", "answered", "completed")
STARTS = ("CA",)
LONGEST_TWIML = 4_000  # twilio.com/docs/voice/api/call-resource, November 2026
OVER = "21220"


@dataclass(frozen=True, slots=True)
class Phonecall:
    """A call to place; `to` and `sender` are E.164, `sender` "" for the account's own.

    `twiml` says what is heard (twiml.py). With `detects_machine` Twilio tells `machine_callback`
    who answered, while the call goes on; with `waits_for_beep` only when a machine is ready to
    record. A call is cut after `longest_s`, so that it costs no more than was promised; it rings
    for `rings_s`. `callback` and `ticket` are as those of a message.
    """

    to: str
    sender: str
    twiml: str
    callback: str = ""
    detects_machine: bool = False
    records: bool = False
    machine_callback: str = ""
    waits_for_beep: bool = True
    longest_s: int = 120
    rings_s: int = 30
    ticket: str = ""


async def place_call(api: Api, call: Phonecall) -> Sent:
    """Call somebody, once. Raises as `send_sms` does; `list_calls` finds what may be under way."""
    return await create(api, "/Calls.json", _form(api, call), STARTS)


def _form(api: Api, call: Phonecall) -> dict[str, str | Sequence[str]]:
    sender = call.sender or voice_for(api.options)
    if not E164.fullmatch(sender):
        raise SenderUnfit("Twilio Messaging: what calls is no number")
    form: dict[str, str | Sequence[str]] = {
        "To": checked_number("to", call.to),
        "From": sender,
        "Twiml": _checked(call.twiml),
        "Timeout": str(min(max(call.rings_s, 5), 600)),
        "TimeLimit": str(max(call.longest_s, 1)),
    }
    public = str(api.options.get("public_url") or "")
    if callback := _address(call.callback, public, "voice-status", call.ticket):
        form |= {
            "StatusCallback": callback,
            "StatusCallbackMethod": "POST",
            "StatusCallbackEvent": EVENTS,
        }
    if call.detects_machine:
        form |= _detection(call, _address(call.machine_callback, public, "amd", call.ticket))
    if call.records and api.options.get("records_calls"):
        form["Record"] = "true"
    return form


def _address(own: str, public: str, kind: str, ticket: str) -> str:
    return with_ticket(own, ticket) if own else callback_to(public, kind, ticket)


def _detection(call: Phonecall, callback: str) -> dict[str, str]:
    """Return the form's part about machines; in the background, so that nobody hears silence."""
    if not callback:
        raise SenderUnfit("Twilio Messaging: detecting machines needs a public address to tell it")
    return {
        "MachineDetection": "DetectMessageEnd" if call.waits_for_beep else "Enable",
        "AsyncAmd": "true",
        "AsyncAmdStatusCallback": callback,
        "AsyncAmdStatusCallbackMethod": "POST",
    }


def _checked(twiml: str) -> str:
    if not twiml.strip():
        raise refused("twiml", "the call says nothing")
    if len(twiml) > LONGEST_TWIML:
        raise refused("twiml", f"what the call says is longer than {LONGEST_TWIML:,} characters")
    return twiml


async def fetch_call(api: Api, sid: str) -> Sent:
    """Return a call as it stands. Raises NotFound."""
    return read_sent(READ.body(await api.get(_path(sid))), STARTS)


async def list_calls(api: Api, to: str, since: datetime) -> list[Sent]:
    """Return the calls to a number since, as `list_messages` does."""
    asked = {"To": checked_number("to", to)}
    return [
        read_sent(row, STARTS) async for row in listed(api, "/Calls.json", "calls", asked, since)
    ]


async def say_instead(api: Api, sid: str, twiml: str) -> Sent:
    """Let a call that goes on say something else from now on, such as to a machine after its beep.

    Raises QuestionRejected when it is over, OutcomeUnknown when it may have been said.
    """
    return await create(api, _path(sid).removeprefix(ACCOUNT), {"Twiml": _checked(twiml)}, STARTS)


async def hang_up(api: Api, sid: str) -> Sent:
    """End a call, whether it rings or goes on; one that is over stays as it is."""
    try:
        body = await api.post(_path(sid), form={"Status": "completed"})
    except QuestionRejected as error:
        if not _is_over(error):
            raise
        return await fetch_call(api, sid)
    return read_sent(READ.body(body), STARTS)


def _is_over(error: CallError) -> bool:
    return error.code == OVER


def _path(sid: str) -> str:
    if not sid.startswith(STARTS) or not sid.isalnum():
        raise refused("sid", "CA and 32 hexadecimal digits expected")
    return f"{ACCOUNT}/Calls/{sid}.json"
