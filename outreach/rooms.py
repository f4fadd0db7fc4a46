"""Rooms: what the caps of an hour and a day leave, for all workers together.

Counted from the rows of what was reserved, so that no counter can drift; `alone` makes the workers
count one after another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from outreach.gate import Room
from outreach.grounds import GONE
from outreach.models import Campaign, Channel, Message, Rules

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def rooms(campaign: Campaign | None, channel: str, rules: Rules, *, now: datetime) -> list[Room]:
    """Return the room under every cap that is set; of rolling hours and days."""
    return [_room(*one, channel, now) for one in _caps(campaign, channel, rules)]


def has_any(campaign: Campaign | None, channel: str, rules: Rules) -> bool:
    """Tell whether any cap is set."""
    return bool(_caps(campaign, channel, rules))


Cap = tuple[str, int, timedelta, dict[str, Any]]


def _caps(campaign: Campaign | None, channel: str, rules: Rules) -> list[Cap]:
    is_sms = channel == Channel.SMS
    found: list[Cap] = [
        ("office_hour", rules.sms_per_hour if is_sms else rules.calls_per_hour, HOUR, {}),
        ("office_day", rules.sms_per_day if is_sms else rules.calls_per_day, DAY, {}),
    ]
    if campaign:
        mine = {"campaign": campaign}
        found += [
            ("campaign_hour", campaign.per_hour or 0, HOUR, mine),
            ("campaign_day", campaign.per_day or 0, DAY, mine),
        ]
    return [one for one in found if one[1]]


def alone(channel: str) -> None:
    """Let nobody else count until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"outreach.rooms:{channel}"]
        )


def taken(found: Sequence[Room], *, of_campaign: bool) -> list[Room]:
    """Return the rooms with one place less: the office's, and the campaign's own if it is its."""
    return [
        replace(room, left=room.left - 1) if of_campaign or room.name.startswith("office") else room
        for room in found
    ]


def _room(
    name: str, cap: int, per: timedelta, of: dict[str, Any], channel: str, now: datetime
) -> Room:
    rows: QuerySet[Message] = Message.objects.filter(
        channel=channel, reserved_at__gt=now - per, direction="out", is_reply=False,
        state__in=GONE, **of,
    )  # fmt: skip
    moments = list(rows.order_by("-reserved_at").values_list("reserved_at", flat=True)[:cap])
    oldest = moments[-1] if moments else None
    return Room(name, cap - len(moments), cap, (oldest or now) + per)
