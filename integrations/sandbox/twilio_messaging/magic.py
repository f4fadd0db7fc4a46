"""What becomes of messages and calls by their number; docs/sandbox.md has the tables for people.

The numbers that Twilio's own test credentials treat specially do the same here; so do those of
Twilio Lookup's part of the sandbox that fail over HTTP, and its landline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from integrations.sandbox.faults import DROPPED, FAILED, THROTTLED, Fault
from integrations.sandbox.twilio.envelopes import envelope

LOST = 500


@dataclass(frozen=True, slots=True)
class Fate:
    """How a message or a call ends; without an `ending` nobody ever tells."""

    about: str
    ending: str = "delivered"
    code: int = 0
    answered_by: str = "human"


GOOD, ANSWERED = Fate("delivered"), Fate("answered by a person", "completed")

# Refusals by recipient: (HTTP status, code).
REFUSED_TO: Mapping[str, tuple[int, int]] = {
    "+15005550001": (400, 21211),
    "+15005550002": (400, 21612),
    "+15005550003": (400, 21408),
    "+15005550004": (400, 21610),
    "+15005550009": (400, 21614),
    "+15005550199": (429, 63038),
}
# Refusals by who sends.
REFUSED_FROM: Mapping[str, tuple[int, int]] = {
    "+15005550000": (400, 21606),
    "+15005550001": (400, 21212),
    "+15005550007": (400, 21606),
    "+15005550008": (429, 21611),
}
REFUSED_CALLER: Mapping[str, tuple[int, int]] = {
    "+15005550000": (400, 21210),
    "+15005550001": (400, 21212),
    "+15005550007": (400, 21210),
}
# Once: the first request only. What is dropped was made; of the 500 nobody can tell, and it was.
FAULTS: Mapping[str, Fault] = {
    "+15005550120": Fault(THROTTLED),
    "+15005550121": Fault(THROTTLED, is_once=True),
    "+15005550124": Fault(FAILED, LOST, envelope(500, 20500)),
    "+15005550125": Fault(FAILED, 503, is_once=True),
    "+15005550131": Fault(DROPPED),
    "+15005550132": Fault(DROPPED, is_once=True),
}
ODD: Mapping[str, bytes] = {
    "+15005550136": b'{"sid": "SM',
    "+15005550137": b'{"queued":true}',
    "+15005550138": envelope(500, 20500),
}
MESSAGES: Mapping[str, Fate] = {
    "+15005550141": Fate("undelivered, 30006: a landline", "undelivered", 30006),
    "+15005550186": Fate("undelivered, 30003: not reached", "undelivered", 30003),
    "+15005550187": Fate("undelivered, 30005: not in service", "undelivered", 30005),
    "+15005550188": Fate("undelivered, 30007: filtered", "undelivered", 30007),
    "+15005550189": Fate("undelivered, 30008: no reason told", "undelivered", 30008),
    "+15005550190": Fate("undelivered, 30034: sender not registered", "undelivered", 30034),
    "+15005550191": Fate("failed, 30001: the sender's queue is full", "failed", 30001),
    "+15005550192": Fate("sent, and no word of the carrier ever", ""),
    "+15005550193": Fate("failed, 98765: a code nobody knows yet", "failed", 98765),
}
CALLS: Mapping[str, Fate] = {
    "+15005550186": Fate("no answer", "no-answer"),
    "+15005550187": Fate("busy", "busy"),
    "+15005550188": Fate("failed", "failed", 32009),
    "+15005550189": Fate("answered by a machine", "completed", answered_by="machine"),
    "+15005550190": Fate("answered by a fax", "completed", answered_by="fax"),
    "+15005550191": Fate("answered by nobody knows what", "completed", answered_by="unknown"),
    "+15005550192": Fate("rings for ever", ""),
}
