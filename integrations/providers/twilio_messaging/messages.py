"""Text messages: sent once, fetched by their SID, found by their recipient."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from integrations.provider import Api
from integrations.providers.own.refusing import refused
from integrations.providers.twilio_messaging.senders import (
    by_sender,
    callback_to,
    checked_number,
    sender_for,
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

# twilio.com/docs/messaging/api/message-resource: ten hours, which is also Twilio's default.
LONGEST_VALID_S = 36_000
LONGEST_BODY = 1_600
UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
STARTS = ("SM", "MM")


@dataclass(frozen=True, slots=True)
class Sms:
    """A text message to send; `to` is E.164.

    `sender` is a number, a short code or a Messaging Service's SID, "" for the account's own.
    `callback` is where statuses go, "" for the account's public address; `ticket` is our name of
    the message, which comes back with them as `m`. After `valid_for_s` Twilio sends it no more.
    """

    to: str
    body: str
    sender: str = ""
    callback: str = ""
    valid_for_s: int = LONGEST_VALID_S
    ticket: str = ""


async def send_sms(api: Api, sms: Sms) -> Sent:
    """Send a message, once.

    Raises QuestionRejected and SenderUnfit before anything is sent, or because Twilio says so, and
    OutcomeUnknown where it may have been sent: `list_messages` finds it, nobody sends it again.
    """
    return await create(api, "/Messages.json", _form(api, sms), STARTS)


def _form(api: Api, sms: Sms) -> dict[str, str]:
    to = checked_number("to", sms.to)
    if not sms.body.strip():
        raise refused("body", "the message is empty")
    if UNSENDABLE.search(sms.body):
        raise refused("body", "the message has characters that can't be sent")
    if len(sms.body) > LONGEST_BODY:
        raise refused("body", f"the message is longer than {LONGEST_BODY:,} characters")
    if sms.valid_for_s < 1:
        raise refused("valid_for_s", "the time in which it may be sent is over")
    form = {"To": to, **by_sender(sms.sender or sender_for(api.options, to)), "Body": sms.body}
    form["ValidityPeriod"] = str(min(sms.valid_for_s, LONGEST_VALID_S))
    form["SmartEncoded"] = "true" if api.options.get("smart_encoded", True) else "false"
    form["RiskCheck"] = "enable" if api.options.get("risk_check", True) else "disable"
    if callback := _callback(api, sms):
        form["StatusCallback"] = callback
    return form


def _callback(api: Api, sms: Sms) -> str:
    if sms.callback:
        return with_ticket(sms.callback, sms.ticket)
    return callback_to(str(api.options.get("public_url") or ""), "sms-status", sms.ticket)


async def fetch_message(api: Api, sid: str) -> Sent:
    """Return a message as it stands. Raises NotFound, also for one that Twilio has deleted."""
    if not sid.startswith(STARTS) or not sid.isalnum():
        raise refused("sid", "SM and 32 hexadecimal digits expected")
    return read_sent(READ.body(await api.get(f"{ACCOUNT}/Messages/{sid}.json")), STARTS)


async def list_messages(api: Api, to: str, since: datetime) -> list[Sent]:
    """Return what was sent to a number since, newest first as Twilio tells it.

    Some that are older by less than five minutes are among them, since clocks differ.
    """
    asked = {"To": checked_number("to", to)}
    return [
        read_sent(row, STARTS)
        async for row in listed(api, "/Messages.json", "messages", asked, since)
    ]
