"""Claiming: due messages of working campaigns, and single ones, come into a worker's hands."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection

from contacts.leases import Queue
from outreach.models import Message

QUEUE = Queue(Message)
RETURNED = (
    "id, campaign_id, contact_id, channel, phone, sender, body, voicemail, is_recorded, segments,"
    " price_usd, is_sandbox, is_reply, tries"
)


@dataclass(slots=True, eq=False)
class Parcel:
    """A claimed message; the claim leads to one attempt at the most."""

    id: int
    campaign_id: int | None
    contact_id: int | None
    channel: str
    phone: str
    sender: str
    body: str
    voicemail: str
    is_recorded: bool
    segments: int
    price_usd: Decimal
    is_sandbox: bool
    is_reply: bool
    tries: int
    valid_s: int = 0
    reserved_at: float = 0.0  # by the monotonic clock

    @property
    def longest(self) -> str:
        """The longer of what a person and a machine are told."""
        return max(self.body, self.voicemail, key=len)


def places() -> list[int | None]:
    """Return the campaigns that may be sent now, and None for single messages."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM outreach_campaign AS c WHERE state = 'working'"
            " AND (not_before IS NULL OR not_before <= now())"
            " AND EXISTS (SELECT FROM outreach_message AS m WHERE m.campaign_id = c.id"
            "  AND m.state = 'waiting' AND m.due_at <= now()) ORDER BY id"
        )
        return [None, *(id_ for (id_,) in cursor.fetchall())]


def claim(worker_id: UUID, limit: int, campaign_id: int | None) -> list[Parcel]:
    """Claim due messages of a campaign; one that took a worker with it is claimed by itself."""
    where = "direction = 'out' AND campaign_id " + ("IS NULL" if campaign_id is None else "= %s")
    params = [] if campaign_id is None else [campaign_id]
    rows = QUEUE.claim(
        worker_id, limit, where=f"{where} AND losses = 0", params=params, columns=RETURNED
    ) or QUEUE.claim(worker_id, 1, where=where, params=params, columns=RETURNED)
    return [Parcel(*row) for row in rows]


def put_back(worker_id: UUID, in_hand: list[int]) -> int:
    """Return messages that the worker claimed without ever hearing of it; tell how many."""
    return (
        Message.objects.filter(state=Message.State.CLAIMED, worker_id=worker_id)
        .exclude(pk__in=in_hand)
        .update(state=Message.State.WAITING, worker_id=None)
    )
