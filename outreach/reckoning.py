"""Reckoning: the ledger hears what became of a message whose sending nobody knew of.

What was promised when it was reserved stays with the message until that is known: a message that
Twilio never had costs nothing, and takes no room under a cap.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from integrations import ledger
from integrations.acting import Promise
from outreach.models import Message


def noted(promise: Promise) -> dict[str, Any]:
    """Return what is kept of a promise with its message."""
    return {
        "request": str(promise.intent.request_id),
        "parts": [[name, str(usd)] for name, usd in promise.parts],
        "budgets": [key for key, _ in promise.intent.caps],
    }


def resolve(message: Message, *, was_sent: bool) -> None:
    """Write to the ledger what became of an unknown message, in the caller's transaction."""
    kept = message.promise
    if kept is None:
        return
    parts = [(name, Decimal(usd)) for name, usd in kept["parts"]]
    ledger.resolve([ledger.Known(UUID(kept["request"]), parts, kept["budgets"], was_sent)])
    Message.objects.filter(pk=message.pk).update(promise=None)
