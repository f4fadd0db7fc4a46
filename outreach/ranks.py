"""Ranks: Twilio's statuses in their order, so that one only ever replaces a lesser.

Callbacks come late, twice and in any order. Texts:
https://www.twilio.com/docs/messaging/api/message-resource; calls carry a SequenceNumber:
https://www.twilio.com/docs/voice/api/call-resource. Two endings of one message are told apart by
which says more, so that the same set of statuses ends the same in every order.
"""

from __future__ import annotations

from collections.abc import Mapping

from outreach.models import Channel

FINAL = 1000
UNHEARD_OF = 0
SMS: Mapping[str, int] = {
    "accepted": 1, "scheduled": 2, "queued": 3, "sending": 4, "sent": 5,
    "canceled": FINAL, "failed": FINAL + 1, "undelivered": FINAL + 2,
    "partially_delivered": FINAL + 3, "delivered": FINAL + 4, "read": FINAL + 5,
}  # fmt: skip
CALL: Mapping[str, int] = {
    "queued": 0, "initiated": 0, "ringing": 1, "in-progress": 2, "answered": 2,
    "canceled": FINAL, "failed": FINAL + 1, "no-answer": FINAL + 2, "busy": FINAL + 3,
    "completed": FINAL + 4,
}  # fmt: skip
FAILED = ("failed", "undelivered", "canceled")
UNANSWERED = ("busy", "no-answer")


def rank(channel: str, status: str, sequence: int | None = None) -> int:
    """Return a status's rank; of a call that goes on, its place in Twilio's own counting."""
    known = (SMS if channel == Channel.SMS else CALL).get(status, UNHEARD_OF)
    if channel == Channel.SMS or known >= FINAL or sequence is None:
        return known
    return min(max(sequence, 0), FINAL - 1)
