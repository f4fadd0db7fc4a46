"""Dataverse's webhooks (Dynamics 365): one message each, proved by a key that we gave it.

https://learn.microsoft.com/power-apps/developer/data-platform/use-webhooks: a `WebhookKey` comes as
`?code=…`, an `HttpHeader` under the name that was entered; ours is X-Switchboard-Key.
"""

from __future__ import annotations

from webhooks import tokens
from webhooks.arrival import Arrival, Event, Unreadable, Unsigned, digest
from webhooks.senders.belonging import belong

KEY = "x-switchboard-key"


def read(arrival: Arrival) -> list[Event]:
    """Return the event. Raises Unsigned and Unreadable."""
    known = tokens.sender("dynamics")
    given = arrival.headers.get(KEY, "").strip() or arrival.asked("code")
    if not tokens.fits(given, known.secrets):
        raise Unsigned("there is no key in it, or not ours")
    said = arrival.json()
    if not isinstance(said, dict) or not said.get("MessageName"):
        raise Unreadable("there is no MessageName in it")
    belong(known.organization, [said.get("OrganizationId")])
    what = f"{said.get('PrimaryEntityName') or 'record'}.{said['MessageName']}"
    # A try that is repeated says the same, to the letter.
    name = f"{said.get('OrganizationId', '')}"[:100] + ":" + digest(arrival.body)
    about = str(said.get("PrimaryEntityId") or "")
    return [Event(name, what.lower()[:60], said, about[:100])]
