"""Filters over contacts by what campaigns came to, for lists, exports and runs."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef

from contacts.selection import Filter, read_id
from outreach.models import Campaign, Message

OUT, IN = Message.Direction.OUT, Message.Direction.IN


def _of(campaign_id: int, **what: Any) -> Exists:
    rows = Message.objects.filter(campaign_id=campaign_id, contact_id=OuterRef("pk"), **what)
    return Exists(rows)


def _name(campaign_id: int) -> str:
    found = Campaign.objects.filter(pk=campaign_id).first()
    return str(found or f"campaign {campaign_id}, which is gone")


FILTERS = (
    Filter("campaign", "Sent in campaign", read_id,
           lambda pk: _of(pk, direction=OUT, state=Message.State.SENT),
           lambda pk: f"sent in {_name(pk)}"),
    Filter("not_sent_in", "Not sent in campaign", read_id,
           lambda pk: _of(pk, direction=OUT, state=Message.State.REFUSED),
           lambda pk: f"not sent in {_name(pk)}"),
    Filter("replied_to", "Replied to campaign", read_id,
           lambda pk: _of(pk, direction=IN),
           lambda pk: f"replied to {_name(pk)}"),
)  # fmt: skip
