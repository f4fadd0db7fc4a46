"""What arrives at our door: a request, the events that it tells of, and why one is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import orjson
from multidict import MultiDict, MultiDictProxy

MOST_FIELDS = 500
LONGEST_EVENT = 200


class Refusal(Exception):
    """The request is not taken; its words are for the sender and hold nothing of ours."""

    status = "400 Bad Request"

    def __init__(self, words: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.retry_after_s = retry_after_s


class Unreadable(Refusal):
    """The body is not in the form that this address takes."""


class Unsigned(Refusal):
    """No signature, or one that is not the sender's."""

    status = "403 Forbidden"


class NoKey(Refusal):
    """No API key, or none that we know."""

    status = "401 Unauthorized"


class OutOfScope(Refusal):
    """The key is good, but not for this."""

    status = "403 Forbidden"


class TooLarge(Refusal):
    status = "413 Content Too Large"


class TooMany(Refusal):
    status = "429 Too Many Requests"


class Away(Refusal):
    """Nothing can be written down now; the sender has to come again."""

    status = "503 Service Unavailable"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: its id with the sender, its kind, and all that was said of it."""

    id: str
    kind: str
    payload: Any
    subject: str = ""


@dataclass(slots=True)
class Arrival:
    """A POST to one of our addresses.

    `url` is the address as the sender knows it, with its query; header names are in lower case;
    `address` is where the request came from.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes
    address: str = ""
    _form: MultiDictProxy[str] | None = field(default=None, repr=False)

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def asked(self, name: str) -> str:
        """Return a value of the address's query, the first of that name; "" where there is none."""
        try:
            asked = parse_qs(urlsplit(self.url).query, max_num_fields=MOST_FIELDS)
        except ValueError:
            return ""
        return asked.get(name, [""])[0]

    def form(self) -> MultiDictProxy[str]:
        """Return the fields of a form's body. Raises Unreadable."""
        if self._form is None:
            try:
                pairs = parse_qsl(
                    self.body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS
                )
            except ValueError:
                raise Unreadable("the body is no form in UTF-8") from None
            self._form = MultiDictProxy(MultiDict(pairs))
        return self._form

    def json(self) -> Any:
        """Return the parsed body. Raises Unreadable."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise Unreadable("the body is no JSON") from None


def digest(*parts: bytes | str) -> str:
    """Return a name for what has none: the same parts have the same, others another."""
    found = hashlib.sha256()
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        found.update(len(raw).to_bytes(8, "big") + raw)
    return found.hexdigest()


def plain(fields: MultiDictProxy[str]) -> dict[str, str | Sequence[str]]:
    """Return a form as it is kept: a value, or all of them where a name comes more than once."""
    found: dict[str, str | Sequence[str]] = {}
    for name in fields:
        values = fields.getall(name)
        found[name] = values[0] if len(values) == 1 else values
    return found
