"""What events mean for us: a function for each kind that we read, which may be called again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crm_sync import services
from crm_sync.registry import CONNECTORS
from enrichment import answering, outdating
from integrations.providers.verizon.results import result_of
from outreach import replies, statuses
from webhooks.models import Delivery

NOBODY = "no connection reads its changes as they happen"
Meaning = Callable[[Delivery], str]


def meaning_of(sender: str, kind: str) -> Meaning | None:
    """Return what is done about an event; None where nobody reads it."""
    return MEANINGS.get((sender, kind)) or (changed_there if sender in CONNECTORS else None)


def verizon_result(row: Delivery) -> str:
    """Give Verizon's result to the items that wait for its ticket."""
    found = result_of(row.payload)
    if found is None:
        return "Verizon is still at it"
    count = answering.answer_by_ticket(
        "verizon.fixed_wireless", found.request_id, found.facts, row.payload
    )
    return f"{count} waited for it" if count else "nobody waits for it any more"


def trust_changed(row: Delivery) -> str:
    """Have a customer profile read anew; what the callback says of it is documented nowhere."""
    count = outdating.outdate_trust(row.subject, row.received_at)
    if not count:
        return "nothing that counts was known of this profile"
    return "what was known of this profile counts no more; the next run reads it"


def key_pressed(row: Delivery) -> str:
    """Take in a key that was pressed in one of our calls."""
    return replies.key_pressed(row.payload, at=row.received_at)


def reply(row: Delivery) -> str:
    """Take in a text from a contact."""
    return replies.reply_arrived(row.payload, at=row.received_at)


def changed_there(row: Delivery) -> str:
    """Let the CRM be read soon that says that something has changed there; what it says is not.

    An event may be old, or somebody else's: what counts is what the CRM answers when it is asked.
    """
    count = services.changed_there(row.sender)
    return f"{count} connections read it soon" if count else NOBODY


MEANINGS: Mapping[tuple[str, str], Meaning] = {
    ("verizon", "result"): verizon_result,
    ("twilio", "trust-hub"): trust_changed,
    ("twilio", "sms-status"): lambda row: statuses.status_arrived(row.payload),
    ("twilio", "voice-status"): lambda row: statuses.call_status_arrived(row.payload),
    ("twilio", "amd"): lambda row: statuses.machine_arrived(row.payload),
    ("twilio", "inbound-sms"): reply,
    ("twilio", "inbound-voice"): key_pressed,
}
