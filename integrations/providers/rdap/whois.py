"""Reads WHOIS, which has no form: labels and values by line, and dates in every way there is."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

LONGEST_DATE = 60
_MONTHS = {name.lower(): at for at, name in enumerate(calendar.month_abbr) if name}
_YEAR_FIRST = re.compile(r"(\d{4})[-./ ]?(\d{2})[-./ ]?(\d{2})(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})(?!\d)")
_NAMED = (
    re.compile(r"(?P<d>\d{1,2})[-. ](?P<m>[a-z]{3})[a-z]*\.?[-. ,]+(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})[-. ](?P<m>[a-z]{3})[a-z]*[-. ](?P<d>\d{1,2})"),
    re.compile(r"(?P<m>[a-z]{3})[a-z]*\.? +(?P<d>\d{1,2})(?:,|st|nd|rd|th)?,? .*?(?P<y>\d{4})"),
)
_LINE = re.compile(r"\s*\**\s*\[?([A-Za-z][^:\]]{1,40}?)[\]. ]*(?::+|\])\s*(.*)")
_NOTHING = (
    "no match", "not found", "no entries found", "no data found", "status: free",
    "no object found", "is available for registration", "nothing found", "no such domain",
    "status: available", "no information available about domain",
)  # fmt: skip
_CREATED = frozenset((
    "creation date", "created", "created on", "registered on", "registered", "domain created",
    "registration time", "registration date", "domain registration date", "activated",
))  # fmt: skip
_EXPIRES = frozenset((
    "registry expiry date", "registrar registration expiration date", "expires on", "expires",
    "expiry date", "expiration date", "expiration time", "expire date", "paid-till", "renewal date",
    "valid until",
))  # fmt: skip
_SERVERS = frozenset(("name server", "nserver", "nameserver", "name servers", "nameservers"))
_SERVER = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*\.)+[a-z0-9-]{2,}\.?", re.IGNORECASE)
_REGISTRAR = frozenset(("registrar", "registrar name", "sponsoring registrar"))
_BLOCKS = {"domain servers": "servers", "name servers": "servers", "registrar": "registrar"}
_REFUSALS = ("limit exceeded", "quota exceeded", "too many requests", "access denied")


@dataclass(frozen=True, slots=True)
class Registration:
    """What is known of a domain's registration; "" and None where it was not said."""

    registrar: str = ""
    created_on: date | None = None
    expires_on: date | None = None
    name_servers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.registrar or self.created_on or self.expires_on or self.name_servers)


def read_date(text: str) -> date | None:
    """Return the day that a text begins with or names, None for none that we can read.

    Read are ISO 8601 and its variants with dots, slashes or nothing between, 31.12.2026 and
    31/12/2026 (the day first), 31-Dec-2026, 2026-Dec-31, "Dec 31 2026" and "Thu Dec 31 … 2026".
    """
    plain = text.strip()[:LONGEST_DATE].lower()  # a search in a long one takes its square
    if found := _YEAR_FIRST.match(plain):
        return _day(*found.groups())
    if found := _DAY_FIRST.match(plain):
        return _day(*reversed(found.groups()))
    for form in _NAMED:
        found = form.search(plain)
        if found and found["m"] in _MONTHS:
            return _day(found["y"], str(_MONTHS[found["m"]]), found["d"])
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return datetime(int(year), int(month), int(day)).date()  # noqa: DTZ001 - a day has no zone
    except ValueError:
        return None


def is_nothing(text: str) -> bool:
    """Tell whether a host says that it knows no such domain."""
    said = "\n".join(line for line in text.lower().splitlines() if not line.startswith("%"))
    words = re.sub(r"[ \t]+", " ", said or text.lower())
    return any(each in words for each in _NOTHING)


def is_refusal(text: str) -> bool:
    """Tell whether a host says that it was asked too often."""
    words = text.lower()
    return any(each in words for each in _REFUSALS)


def read_whois(text: str) -> Registration:
    """Return what a host's answer says of a registration; never raises."""
    kept: dict[str, list[str]] = {}
    block = ""
    for line in text.replace("\r", "").splitlines():
        if not line.strip():
            block = ""
            continue
        label, value = _pair(line)
        if not value and label in _BLOCKS:
            block = _BLOCKS[label]
        elif kind := _kind(label):
            kept.setdefault(kind, []).append(value)
        elif block == "registrar" and label in ("organization name", "name", ""):
            kept.setdefault("registrar", []).append(value)
        elif block == "servers":
            kept.setdefault("servers", []).append(line.strip())
    return _registration(kept)


def _pair(line: str) -> tuple[str, str]:
    """Return a line's label, in lower case, and its value; a line without one has no label."""
    found = _LINE.fullmatch(line)
    if not found:
        return "", line.strip()
    return found[1].strip(" .\t").lower(), found[2].strip()


def _kind(label: str) -> str:
    kinds: Mapping[str, frozenset[str]] = {
        "created": _CREATED, "expires": _EXPIRES, "servers": _SERVERS, "registrar": _REGISTRAR,
    }  # fmt: skip
    return next((kind for kind, labels in kinds.items() if label in labels), "")


def _registration(kept: Mapping[str, list[str]]) -> Registration:
    servers = [found[0] for text in kept.get("servers", ()) if (found := _SERVER.match(text))]
    return Registration(
        registrar=next(filter(None, kept.get("registrar", ())), "")[:150],
        created_on=next(filter(None, map(read_date, kept.get("created", ()))), None),
        expires_on=next(filter(None, map(read_date, kept.get("expires", ()))), None),
        name_servers=tuple(dict.fromkeys(name.lower().rstrip(".") for name in servers)),
    )
