"""Asks a resolver over HTTPS, in the JSON that public resolvers speak, and reads what it says.

The form: developers.google.com/speed/public-dns/docs/doh/json, read November 2026; Cloudflare,
AdGuard and others speak it too. A record is present, absent (NXDOMAIN, or no such data) or unknown
(SERVFAIL, REFUSED, a time-out): what is unknown is never called absent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from integrations.errors import ContractBroken, Throttled, Transient
from integrations.provider import Api, Switch
from integrations.reading import Reader

# RFC 1035 §3.2.2, RFC 3596 §2.1
TYPES = {"A": 1, "CNAME": 5, "MX": 15, "TXT": 16, "AAAA": 28}
NO_ERROR, NX_DOMAIN = 0, 3  # RFC 1035 §4.1.1
DNS_JSON = {"Accept": "application/dns-json"}

SWITCHES = (
    Switch(
        "base_url",
        "Resolver",
        "https://dns.google",
        hint="The address of a resolver that answers DNS over HTTPS in JSON.",
    ),
    Switch("path", "Path", "/resolve", hint="/resolve at Google, /dns-query at Cloudflare."),
)

_PART = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_ESCAPE = re.compile(r"\\(\d{3}|.)")


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one name and type; `is_known` is false where nobody could say."""

    found: tuple[str, ...] = ()
    is_known: bool = True


UNKNOWN = Records(is_known=False)


class Resolver:
    """Asks one lookup's questions, one query after another; `said` keeps each answer."""

    def __init__(self, api: Api, read: Reader) -> None:
        self.said: dict[str, object] = {}
        self.failure: Transient | Throttled | None = None
        self._api = api
        self._read = read
        self._path = str(api.options.get("path") or "/resolve")

    @property
    def knows_nothing(self) -> bool:
        """Tell whether the resolver failed at every query."""
        return self.failure is not None and not self.said

    async def look(self, name: str, kind: str) -> Records:
        """Return the records; a query that failed is unknown, and `failure` says how.

        Raises ContractBroken for a shape that we do not know, and every CallError that is no
        passing failure.
        """
        try:
            body = await self._api.get(self._path, headers=DNS_JSON, name=name, type=kind)
        except (Transient, Throttled) as failure:
            self.failure = failure
            return UNKNOWN
        self.said[f"{name} {kind}"] = body
        return records(body, kind, self._read)


def records(body: object, kind: str, read: Reader) -> Records:
    """Return the records of one type in an answer. Raises ContractBroken."""
    answer = read.body(body)
    status = read.whole(answer, "Status", 4095)
    if status is None:
        raise ContractBroken(f"{read.label}: the answer has no Status")
    if status not in (NO_ERROR, NX_DOMAIN) or read.flag(answer, "TC"):
        return UNKNOWN
    rows = read.parts(answer, "Answer")
    wanted = [row for row in rows if read.whole(row, "type", 65_535) == TYPES[kind]]
    texts = (read.text(row, "data") for row in wanted)
    return Records(tuple(text_of(text) if kind == "TXT" else text for text in texts if text))


def text_of(data: str) -> str:
    """Return a TXT record's text: its quoted parts put together, as RFC 7208 §3.3 has it.

    A resolver that sends the text without quotes is taken at its word.
    """
    if not data.startswith('"'):
        return data
    parts = (quoted or bare for quoted, bare in _PART.findall(data))
    return "".join(_ESCAPE.sub(_unescaped, part) for part in parts)


def _unescaped(found: re.Match[str]) -> str:
    code = found.group(1)
    return chr(int(code)) if len(code) == 3 and int(code) < 256 else code[-1]


def first(found: Sequence[str]) -> str:
    """Return the first of several, "" of none."""
    return found[0] if found else ""
