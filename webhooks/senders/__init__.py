"""Who posts to us, by the path behind /webhooks/: how a request is proved, and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from webhooks.arrival import Arrival, Event
from webhooks.senders import dynamics, hubspot, leads, pipedrive, salesforce, twilio, verizon

EMPTY = b""
XML = "text/xml; charset=utf-8"
TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


Read = Callable[[Arrival], list[Event]]  # proves a request and reads it; raises Refusal


@dataclass(frozen=True, slots=True)
class Address:
    """One address: who posts there, how it is read, and what they hear when it is recorded.

    Who signs may post as much as they like from wherever they are; others are counted by where
    they come from (`webhooks.limits`).
    """

    sender: str
    read: Read
    is_signed: bool = False
    answer: bytes = EMPTY
    content_type: str = "text/plain; charset=utf-8"


def _twilio(kind: str, *, is_asked: bool = False) -> Address:
    """Return an address of Twilio's; `is_asked` where it wants to be told what to do next."""
    if is_asked:
        return Address("twilio", twilio.reader(kind), True, TWIML, XML)
    return Address("twilio", twilio.reader(kind), True)


LEADS = Address("leads", leads.read, answer=b'{"recorded":true}', content_type="application/json")
ADDRESSES: Mapping[str, Address] = {
    "twilio/sms-status": _twilio("sms-status"),
    "twilio/voice-status": _twilio("voice-status"),
    "twilio/amd": _twilio("amd"),
    "twilio/inbound-sms": _twilio("inbound-sms", is_asked=True),
    "twilio/inbound-voice": _twilio("inbound-voice", is_asked=True),
    "twilio/trust-hub": _twilio("trust-hub"),
    "verizon": Address("verizon", verizon.read),
    "hubspot": Address("hubspot", hubspot.read, is_signed=True),
    "salesforce": Address("salesforce", salesforce.read, answer=salesforce.ACK, content_type=XML),
    "pipedrive": Address("pipedrive", pipedrive.read),
    "dynamics": Address("dynamics", dynamics.read),
    "leads": LEADS,
    # As the program before us had them.
    "twilio/sms_status": _twilio("sms-status"),
    "twilio/voice_status": _twilio("voice-status"),
    "twilio/trust_hub": _twilio("trust-hub"),
    "generic": LEADS,
}
