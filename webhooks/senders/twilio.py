"""Twilio's callbacks: signed with an account's auth token, in a form or in JSON.

https://www.twilio.com/docs/usage/security#validating-requests. What is signed is whatever arrives:
Twilio adds fields without notice.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import RequestValidator, add_port, remove_port

from webhooks import tokens
from webhooks.arrival import Arrival, Event, Unreadable, Unsigned, digest, plain

SIGNATURE = "x-twilio-signature"
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
        said = _body(arrival)
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
    for token in tokens.of("twilio", "auth_token"):
        validator = RequestValidator(token)
        for url in _spellings(arrival.url):
            own = validator.compute_signature(url, signed)
            found |= hmac.compare_digest(own.encode(), given.encode("utf-8", "replace"))
    if not found:
        raise Unsigned("the signature does not fit")


def _has_its_digest(arrival: Arrival) -> bool:
    """Tell whether the address names the body by its SHA-256; the signature covers the address.

    Required, since without it nothing at all would prove the body.
    """
    named = parse_qs(urlsplit(arrival.url).query).get("bodySHA256", [""])[0]
    own = hashlib.sha256(arrival.body).hexdigest()
    return hmac.compare_digest(own.encode(), named.lower().encode("utf-8", "replace"))


def _spellings(url: str) -> Iterator[str]:
    """Return the address with and without its port: Twilio signs either."""
    parts = urlsplit(url)
    yield from dict.fromkeys((url, remove_port(parts), add_port(parts)))


def _body(arrival: Arrival) -> Mapping[str, Any]:
    if arrival.content_type != "application/json":
        return plain(arrival.form())
    said = arrival.json()
    if not isinstance(said, dict):
        raise Unreadable("the body is no JSON object")
    return said


def _id(kind: str, subject: str, said: Mapping[str, Any]) -> str:
    """Return the event's name: repeated, it says the same; another status says something else."""
    pairs = [(name, _text(value)) for name, value in sorted(said.items())]
    return f"{kind}:{subject[:80]}:{digest(*(part for pair in pairs for part in pair))}"


def _text(value: str | Sequence[str] | Any) -> str:
    return value if isinstance(value, str) else repr(value)
