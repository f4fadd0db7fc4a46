"""HubSpot's events: up to 100 a request, signed with the client secret of the app that sends them.

https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
(version 3, November 2026).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from typing import Any

import orjson

from webhooks import tokens
from webhooks.arrival import Arrival, Event, Unreadable, Unsigned, digest
from webhooks.senders.belonging import belong

MOST = 100
OLDEST_MS = 5 * 60 * 1000
SIGNATURE, STAMP = "x-hubspot-signature-v3", "x-hubspot-request-timestamp"
# What HubSpot writes plainly in the address that it signs; other escapes stay as they are.
PLAIN = {
    "3A": ":", "2F": "/", "3F": "?", "40": "@", "21": "!", "24": "$", "27": "'", "28": "(",
    "29": ")", "2A": "*", "2C": ",", "3B": ";",
}  # fmt: skip
ESCAPES = re.compile(f"%({'|'.join(PLAIN)})", re.IGNORECASE)


def read(arrival: Arrival) -> list[Event]:
    """Return an event for each that is told. Raises Unsigned and Unreadable."""
    known = tokens.sender("hubspot")
    prove(arrival, known.secrets)
    said = arrival.json()
    if not isinstance(said, list) or not 0 < len(said) <= MOST:
        raise Unreadable(f"a list of 1 to {MOST} events is expected")
    events = [_event(one, place) for place, one in enumerate(said, 1)]
    belong(known.organization, (one.payload.get("portalId") for one in events))
    return events


def prove(arrival: Arrival, secrets: tuple[str, ...]) -> None:
    """Raise Unsigned unless the request is signed with one of the secrets, and of now."""
    given, stamp = arrival.headers.get(SIGNATURE, ""), arrival.headers.get(STAMP, "")
    if not given or not stamp:
        raise Unsigned("the request has no X-HubSpot-Signature-v3, or no timestamp")
    signed = f"POST{signed_address(arrival.url)}".encode() + arrival.body + stamp.encode()
    own = [_signature(secret, signed) for secret in secrets]
    if not tokens.fits(given, own):
        raise Unsigned("the signature does not fit")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 15):
        raise Unsigned("the timestamp is no number of milliseconds")
    if abs(time.time() * 1000 - int(stamp)) > OLDEST_MS:
        raise Unsigned("the request was signed more than five minutes ago, or is to come")


def signed_address(url: str) -> str:
    """Return the address as HubSpot signs it."""
    return ESCAPES.sub(lambda found: PLAIN[found[1].upper()], url)


def _signature(secret: str, signed: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def _event(said: Any, place: int) -> Event:
    if not isinstance(said, dict):
        raise Unreadable(f"event {place} is no JSON object")
    # HubSpot's own id is not promised to be the only one; how often it tried is no part of it.
    rest = {name: value for name, value in said.items() if name != "attemptNumber"}
    own = f"{said.get('portalId', '')}:{said.get('eventId', '')}"[:100]
    return Event(
        f"{own}:{digest(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS))}",
        str(said.get("subscriptionType") or "event")[:60],
        said,
        str(said.get("objectId") or "")[:100],
    )
