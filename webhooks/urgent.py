"""What cannot wait for a worker: who says STOP is heard by the web process that took it in.

Workers are busy for up to twenty seconds at a time, sending among other things. So a thread of each
web process works these deliveries at once, by the same leases and tries; what it does not get to,
workers do.
"""

from __future__ import annotations

import structlog
from django.db import InterfaceError, OperationalError, connection

from webhooks import processing
from webhooks.arrival import Event

log = structlog.get_logger(__name__)

KINDS = ("inbound-sms", "inbound-voice")
WHERE = f"sender = 'twilio' AND kind IN {KINDS}"
SLICE_S = 5.0


def is_urgent(event: Event) -> bool:
    return event.kind in KINDS


def work() -> None:
    """Work what is urgent; with the database away workers do it later."""
    try:
        processing.work(SLICE_S, where=WHERE)
    except (OperationalError, InterfaceError) as away:
        log.warning("urgent_deliveries_wait", why=str(away).split("\n")[0])
    finally:
        connection.close()  # it is rarely needed
