"""Pipedrive's webhooks, version 2 and 1: one change each, proved by the password that we gave it.

https://pipedrive.readme.io/docs/guide-for-webhooks-v2: HTTP Basic is all that it proves itself
with. The name is not looked at.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import orjson

from webhooks import tokens
from webhooks.arrival import Arrival, Event, NoKey, Unreadable, digest
from webhooks.senders.belonging import belong

TRIES = ("attempt", "retry")  # how often it tried is no part of what it says


def read(arrival: Arrival) -> list[Event]:
    """Return the event. Raises NoKey, Unsigned and Unreadable."""
    known = tokens.sender("pipedrive")
    if not tokens.fits(_password(arrival), known.secrets):
        raise NoKey("the password is not ours")
    said = arrival.json()
    meta = said.get("meta") if isinstance(said, dict) else None
    if not isinstance(meta, dict):
        raise Unreadable("there is no meta in it")
    belong(known.organization, [meta.get("company_id")])
    about = meta.get("entity_id") or meta.get("id") or ""  # version 1 has an id only
    what = meta.get("entity") or meta.get("object") or "record"
    return [
        Event(
            f"{meta.get('company_id', '')}:{meta.get('webhook_id', '')}"[:100] + _name(said, meta),
            f"{what}.{meta.get('action', 'event')}"[:60],
            said,
            str(about)[:100],
        )
    ]


def _password(arrival: Arrival) -> str:
    scheme, _, given = arrival.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise NoKey("send a name and a password: Authorization: Basic …")
    try:
        return base64.b64decode(given.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        raise NoKey("the name and password cannot be read") from None


def _name(said: dict[str, Any], meta: dict[str, Any]) -> str:
    rest = {name: value for name, value in said.items() if name not in (*TRIES, "meta")}
    about = {name: value for name, value in meta.items() if name not in TRIES}
    return ":" + digest(orjson.dumps([rest, about], option=orjson.OPT_SORT_KEYS))
