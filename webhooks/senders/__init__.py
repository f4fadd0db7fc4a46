"""Who posts to us, by the path behind /webhooks/: how a request is proved, and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from webhooks.arrival import Arrival, Event
from webhooks.senders import leads, twilio, verizon

EMPTY = b""
TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


Read = Callable[[Arrival], list[Event]]  # proves a request and reads it; raises Refusal


@dataclass(frozen=True, slots=True)
class Address:
    """One address: who posts there, how it is read, and what they hear when it is recorded."""

    sender: str
    read: Read
    answer: bytes = EMPTY
    content_type: str = "text/plain; charset=utf-8"


def _twilio(kind: str, *, is_asked: bool = False) -> Address:
    """Return an address of Twilio's; `is_asked` where it wants to be told what to do next."""
    if is_asked:
        return Address("twilio", twilio.reader(kind), TWIML, "text/xml; charset=utf-8")
    return Address("twilio", twilio.reader(kind))


ADDRESSES: Mapping[str, Address] = {
    "twilio/sms-status": _twilio("sms-status"),
    "twilio/voice-status": _twilio("voice-status"),
    "twilio/amd": _twilio("amd"),
    "twilio/inbound-sms": _twilio("inbound-sms", is_asked=True),
    "twilio/inbound-voice": _twilio("inbound-voice", is_asked=True),
    "twilio/trust-hub": _twilio("trust-hub"),
    "verizon": Address("verizon", verizon.read),
    "leads": Address("leads", leads.read, b'{"recorded":true}', "application/json"),
    # As the program before us had them.
    "twilio/sms_status": _twilio("sms-status"),
    "twilio/voice_status": _twilio("voice-status"),
    "twilio/trust_hub": _twilio("trust-hub"),
    "generic": Address("leads", leads.read, b'{"recorded":true}', "application/json"),
}
