"""Leads that any system may post: a JSON object or up to 500 of them, with an API key of ours."""

from __future__ import annotations

from typing import Any

import orjson

from webhooks import keys
from webhooks.arrival import Arrival, Event, NoKey, Unreadable, digest
from webhooks.models import ApiKey

MOST = 500
KIND = 60
IDS = ("external_id", "id")


def read(arrival: Arrival) -> list[Event]:
    """Return an event for each lead. Raises NoKey, OutOfScope, TooMany and Unreadable."""
    key = keys.admit(_given(arrival), ApiKey.Scope.LEADS)
    said = arrival.json()
    leads = said if isinstance(said, list) else [said]
    if not leads or len(leads) > MOST:
        raise Unreadable(f"one lead or a list of 1 to {MOST} is expected")
    return [_event(lead, place, key.prefix) for place, lead in enumerate(leads, 1)]


def _given(arrival: Arrival) -> str:
    scheme, _, given = arrival.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and given.strip():
        return given.strip()
    if own := arrival.headers.get("x-api-key", "").strip():
        return own
    raise NoKey("send an API key: Authorization: Bearer …")


def _event(lead: Any, place: int, prefix: str) -> Event:
    if not isinstance(lead, dict):
        raise Unreadable(f"lead {place} is no JSON object")
    id_ = next((lead[name] for name in IDS if lead.get(name) not in (None, "")), None)
    kind = lead.get("event_type") or "lead"
    if id_ is not None and not isinstance(id_, str | int):
        raise Unreadable(f"the external_id of lead {place} is neither a text nor a number")
    if not isinstance(kind, str):
        raise Unreadable(f"the event_type of lead {place} is no text")
    said = orjson.dumps(lead, option=orjson.OPT_SORT_KEYS)
    # Two keys are two systems, whose ids may be the same.
    name = f"{prefix}:{digest(str(id_), kind)}" if id_ is not None else f"{prefix}:{digest(said)}"
    return Event(name, kind[:KIND], lead, "" if id_ is None else str(id_)[:100])
