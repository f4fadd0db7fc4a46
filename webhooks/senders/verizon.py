"""Verizon's callback: what became of an address that it was asked about.

It is not signed. What proves it is the address that we gave it: a token that only Verizon and we
know stands in it (`?token=…`), and the request's id has to be one that waits.
"""

from __future__ import annotations

from webhooks import tokens
from webhooks.arrival import Arrival, Event, Unreadable, Unsigned, digest

IDS = ("requestId", "request_id", "requestID", "id")


def read(arrival: Arrival) -> list[Event]:
    """Return the event. Raises Unsigned and Unreadable."""
    if not tokens.fits(arrival.asked("token"), tokens.callback("verizon")):
        raise Unsigned("the address has no token, or not ours")
    said = arrival.json()
    if not isinstance(said, dict):
        raise Unreadable("the body is no JSON object")
    ticket = next((str(said[name]) for name in IDS if said.get(name)), "")
    if not ticket:
        raise Unreadable("there is no requestId in it")
    return [Event(f"result:{digest(arrival.body)}", "result", said, ticket[:100])]
