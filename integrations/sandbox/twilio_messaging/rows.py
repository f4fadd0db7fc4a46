"""What messages and calls have in common at Twilio: SIDs, dates, pages, refusals."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson

from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.twilio.envelopes import envelope

Form = dict[str, list[str]]
Row = TypeVar("Row")
API = "/2010-04-01"
MEMORY = 200_000


@dataclass(frozen=True, slots=True)
class Owner:
    """An account and the token that it signs with."""

    account_sid: str
    token: str


def one(form: Form, key: str) -> str:
    """Return a field's last value, "" for none."""
    return form.get(key, [""])[-1]


def refusal(status: int, code: int, message: str = "") -> Answer:
    """Return an error answer; nothing was sent."""
    return Answer(status, envelope(status, code, message))


def said(status: int, body: Any, lookup: str, to: str) -> Answer:
    """Return an answer about a number; what was made is billed."""
    charged = (to,) if status == 201 else ()
    return Answer(status, orjson.dumps(body), (lookup,), (to,), charged)


def sids(start: str) -> Iterator[str]:
    """Yield SIDs that no other sandbox yields."""
    salt = secrets.token_hex(8)
    for number in itertools.count(1):
        yield f"{start}{salt}{number:016x}"


@lru_cache(maxsize=4096)
def rfc2822(at: int) -> str:
    """Return seconds since 1970 as this part of Twilio writes dates."""
    return formatdate(at)[:-5] + "+0000"


class Kept:
    """Things by SID and by recipient, the newest MEMORY of them."""

    def __init__(self) -> None:
        self.by_sid: dict[str, Any] = {}
        self.by_to: dict[str, list[str]] = {}

    def add(self, thing: Any) -> None:
        """Keep one more."""
        self.by_sid[thing.sid] = thing
        self.by_to.setdefault(thing.to, []).append(thing.sid)
        if len(self.by_sid) > MEMORY:
            gone = self.by_sid.pop(next(iter(self.by_sid)))
            self.by_to[gone.to].remove(gone.sid)

    def newest(self, to: str) -> list[Any]:
        """Return what went to a number, or everything, the newest first."""
        if to:
            return [self.by_sid[sid] for sid in reversed(self.by_to.get(to, []))]
        return list(reversed(self.by_sid.values()))

    def made(self) -> dict[str, int]:
        """Return how many went to each number."""
        return {to: len(sids) for to, sids in self.by_to.items() if sids}


def paged(
    rows: Sequence[Row], asked: Asked, key: str, write: Callable[[Row], dict[str, Any]]
) -> Answer:
    """Return one page of a list, with the address of the next in `next_page_uri`."""
    given = asked.params()
    size = max(1, min(int(given.get("PageSize") or 50), 1000))
    page = int(given.get("Page") or 0)
    shown = rows[page * size : (page + 1) * size]

    def uri(number: int) -> str:
        more = {**given, "PageSize": size, "Page": number, "PageToken": f"PA{number}"}
        return f"{asked.path}?{urlencode(more)}"

    last = max(0, -(-len(rows) // size) - 1)
    body = {
        key: [write(row) for row in shown], "page": page, "page_size": size,
        "start": page * size, "end": page * size + max(0, len(shown) - 1),
        "uri": uri(page), "first_page_uri": uri(0),
        "next_page_uri": uri(page + 1) if page < last else None,
        "previous_page_uri": uri(page - 1) if page else None,
    }  # fmt: skip
    return Answer(200, orjson.dumps(body), (f"list_{key}",), (given.get("To", ""),))
