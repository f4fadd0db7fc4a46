"""Twilio's callbacks: signed with an account's auth token, in a form or in JSON.

https://www.twilio.com/docs/usage/security#validating-requests. What is signed is whatever arrives:
Twilio adds fields without notice.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from twilio.request_validator import RequestValidator, add_port, remove_port

from integrations.registry import PROVIDERS
from webhooks import tokens
from webhooks.arrival import Arrival, Event, Unreadable, Unsigned, digest, plain

SERVICES = tuple(of.slug for of in PROVIDERS if of.slug.startswith("twilio"))
SIGNATURE = "x-twilio-signature"
TICKET = "_m"
# What an event is about, the first that it has.
SUBJECTS = {
    "sms-status": ("MessageSid", "SmsSid"),
    "inbound-sms": ("MessageSid", "SmsSid"),
    "trust-hub": ("BundleSid", "CustomerProfileSid", "Sid"),
}
CALL = ("CallSid",)


def reader(kind: str) -> Callable[[Arrival], list[Event]]:
    """Return what reads the callbacks of one kind."""

    def read(arrival: Arrival) -> list[Event]:
        prove(arrival)
        said = _body(arrival) | _ticket(arrival)
        names = SUBJECTS.get(kind, CALL)
        subject = next((str(said[name]) for name in names if said.get(name)), "")
        if not subject:
            raise Unreadable(f"there is no {names[0]} in it")
        return [Event(_id(kind, subject, said), kind, said, subject[:100])]

    return read


def prove(arrival: Arrival) -> None:
    """Raise Unsigned unless the request is signed with the token of an account of ours."""
    given = arrival.headers.get(SIGNATURE, "")
    if not given:
        raise Unsigned("the request has no X-Twilio-Signature")
    signed: Any = {}
    if arrival.content_type == "application/json":
        if not _has_its_digest(arrival):
            raise Unsigned("the signature does not fit")
    else:
        signed = arrival.form()
    found = False
    for token in _tokens():
        validator = RequestValidator(token)
        for url in _spellings(arrival.url):
            own = validator.compute_signature(url, signed)
            found |= hmac.compare_digest(own.encode(), given.encode("utf-8", "replace"))
    if not found:
        raise Unsigned("the signature does not fit")


def _tokens() -> list[str]:
    """Return the tokens of every account at Twilio, whichever of its services it is for."""
    found = (one for slug in SERVICES for one in tokens.of(slug, "auth_token"))
    return list(dict.fromkeys(found))


def _has_its_digest(arrival: Arrival) -> bool:
    """Tell whether the address names the body by its SHA-256; the signature covers the address.

    Required, since without it nothing at all would prove the body.
    """
    named = arrival.asked("bodySHA256")
    own = hashlib.sha256(arrival.body).hexdigest()
    return hmac.compare_digest(own.encode(), named.lower().encode("utf-8", "replace"))


def _spellings(url: str) -> Iterator[str]:
    """Return the address with and without its port: Twilio signs either."""
    try:
        parts = urlsplit(url)
        yield from dict.fromkeys((url, remove_port(parts), add_port(parts)))
    except ValueError:  # a Host that is none: nobody signs that
        return


def _ticket(arrival: Arrival) -> dict[str, Any]:
    """Return what our own callback address said the message is (`?m=…`), as `_m`."""
    ours = arrival.asked("m")
    return {TICKET: ours[:100]} if ours else {}


def _body(arrival: Arrival) -> dict[str, Any]:
    if arrival.content_type != "application/json":
        said: Any = plain(arrival.form())
    else:
        said = arrival.json()
    if not isinstance(said, dict):
        raise Unreadable("the body is no JSON object")
    return {name: value for name, value in said.items() if name != TICKET}


def _id(kind: str, subject: str, said: Mapping[str, Any]) -> str:
    """Return the event's name: repeated, it says the same; another status says something else."""
    pairs = [(name, _text(value)) for name, value in sorted(said.items())]
    return f"{kind}:{subject[:80]}:{digest(*(part for pair in pairs for part in pair))}"


def _text(value: str | Sequence[str] | Any) -> str:
    return value if isinstance(value, str) else repr(value)
