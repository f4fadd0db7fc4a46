"""Plays the registries: RDAP in JSON and WHOIS in text, for the domains of the invented world.

A domain's first label may ask for more: "unregistered", "moved", "limit", "down", "busy" (WHOIS
turns the asker away), "expired", "expiring" or "odd" (an answer about something else).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from integrations.sandbox.faults import FAILED, THROTTLED, Fault
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.world import firm_at

REGISTRARS = ("Oakleaf Names", "Brookside Domains", "Harbor Registrar", "Nordic Domains")
MAGIC_FAULTS = {"limit": Fault(THROTTLED), "down": Fault(FAILED)}
LINES = "whois."
# What a registry of the ending says, and how it writes a date.
FORMS = {
    "de": (
        "Domain: {domain}\nNserver: {ns1}\nNserver: {ns2}\nStatus: connect\n"
        "Changed: 2026-01-01T10:00:00+01:00\n"
    ),
    "tr": (
        "** Domain Name: {domain}\n\n** Registrar:\nNIC Handle\t\t: x-1\n"
        "Organization Name\t: {registrar}\n\n** Domain Servers:\n{ns1}\n{ns2}\n\n"
        "** Additional Info:\nCreated on..............: {created:%Y-%b-%d}.\n"
        "Expires on..............: {expires:%Y-%b-%d}.\n"
    ),
}
COMMON = (
    "   Domain Name: {domain}\n   Registrar: {registrar}\n"
    "   Creation Date: {created:%Y-%m-%d}T04:00:00Z\n"
    "   Registry Expiry Date: {expires:%Y-%m-%d}T04:00:00Z\n"
    "   Name Server: {ns1}\n   Name Server: {ns2}\n"
)


class Rdap:
    """The registries' part of the sandbox; a path begins with who is asked."""

    slug = "rdap"

    def answer(self, asked: Asked) -> Answer:
        host, _, rest = asked.path.removeprefix("/").partition("/")
        is_text = host.startswith(LINES)
        domain = (rest.split(" ")[-1] if is_text else rest.removeprefix("domain/")).lower()
        domain = domain.removesuffix("/e")
        magic = domain.partition(".")[0]
        if not domain or "." not in domain:
            return Answer(400, b'{"errorCode":400,"title":"Bad request"}')
        if is_text:
            return _said(_text(host.removeprefix(LINES), domain, magic), domain)
        if magic == "unregistered":
            return Answer(404, b'{"errorCode":404,"title":"Not found"}')
        if magic in ("moved", "busy"):
            elsewhere = [(b"location", b"https://rdap.elsewhere.test/domain/" + domain.encode())]
            return Answer(302, b"", ("domain",), (domain,), headers=elsewhere)
        body = {"objectClassName": "nameserver"} if magic == "odd" else _object(domain)
        return _said(orjson.dumps(body), domain, MAGIC_FAULTS.get(magic))

    def throttled(self) -> bytes:
        return b'{"errorCode":429,"title":"Too many requests"}'

    def failed(self) -> bytes:
        return b'{"errorCode":500,"title":"Internal error"}'


def _said(body: bytes, domain: str, fault: Fault | None = None) -> Answer:
    return Answer(200, body, ("domain",), (domain,), (domain,), fault)


def _dates(domain: str) -> tuple[date, date]:
    die = firm_at(domain).die("rdap")
    magic = domain.partition(".")[0]
    today = datetime.now(UTC).date()
    in_days = {"expired": -10, "expiring": 12}.get(magic, 40 + die.below(700))
    return date(1996 + die.below(28), 1 + die.below(12), 1 + die.below(28)), today + timedelta(
        days=in_days
    )


def _known(domain: str) -> dict[str, Any]:
    created, expires = _dates(domain)
    return {
        "domain": domain,
        "registrar": firm_at(domain).die("registrar").pick(REGISTRARS),
        "created": created,
        "expires": expires,
        "ns1": f"ns1.{domain}",
        "ns2": f"ns2.{domain}",
    }


def _text(ending: str, domain: str, magic: str) -> bytes:
    if magic == "busy":
        return b"Query limit exceeded, try again later.\n"
    if magic == "odd":
        return b"Hello.\n"
    if magic == "unregistered":
        return b"No match for domain.\n"
    return FORMS.get(ending, COMMON).format(**_known(domain)).encode()


def _object(domain: str) -> dict[str, Any]:
    known = _known(domain)
    return {
        "objectClassName": "domain",
        "ldhName": domain.upper(),
        "status": ["client transfer prohibited"],
        "events": [
            {"eventAction": "registration", "eventDate": f"{known['created']}T04:00:00Z"},
            {"eventAction": "expiration", "eventDate": f"{known['expires']}T04:00:00Z"},
        ],
        "entities": [
            {
                "objectClassName": "entity",
                "roles": ["registrar"],
                "vcardArray": ["vcard", [["version", {}, "text", "4.0"],
                                         ["fn", {}, "text", known["registrar"]]]],
            }
        ],
        "nameservers": [
            {"objectClassName": "nameserver", "ldhName": known[each].upper()}
            for each in ("ns1", "ns2")
        ],
    }  # fmt: skip
