"""What Dataverse complains about: the code, the words and the column out of an OData error.

Codes: learn.microsoft.com/power-apps/developer/data-platform/reference/web-service-error-codes
(2026). Bodies come as {"error": {"code", "message", "innererror"}}, as HTML, or not at all; codes
as hexadecimal, as a signed number, or empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson

# Requests, execution time, concurrency: all three are told with 429 and Retry-After.
THROTTLED = ("0x80072322", "0x80072321", "0x80072326")
# By the organisation's own rules; the status differs, so the code alone tells.
DUPLICATES_FOUND = "0x80040333"
DUPLICATES = (DUPLICATES_FOUND,)
# Of a unique key: of an alternate key, or of the database.
DUPLICATE_KEY = ("0x80060892", "0x80040237")
NO_PRIVILEGE, NOT_THERE, EXPIRED = "0x80040220", "0x80040217", "0x80044352"
VERSION_MISMATCH = "0x80060882"
MOST_WORDS = 300

_WRAPPING = re.compile(r".*(?:InnerException|--->)\s*:?\s*(?:[\w.]+Exception:\s*)?", re.DOTALL)
_PREFIX = re.compile(r"^A validation error occurred\.\s*")
_FIELD = re.compile(
    r"'(?P<a>\w+)' attribute|(?:property|attribute|column|field) '(?P<b>[\w@.]+)'|"
    r"The value\b[^']*? of '(?P<c>\w+)'|Property Attribute \[(?P<d>\w+)\]|"
    r"Invalid property '(?P<e>\w+)'",
    re.IGNORECASE,
)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A refusal as Dataverse words it: its code in hexadecimal, "" where it has none."""

    code: str = ""
    words: str = ""
    field: str = ""

    def names_only_others(self, id_: str) -> bool:
        """Tell whether it is about another record than the one with this id."""
        named = {each.lower() for each in _GUID.findall(self.words)}
        return bool(named) and id_.lower() not in named


def read(body: Any) -> Complaint:
    """Return what a body complains about; nothing where it is no error of OData's."""
    if isinstance(body, str | bytes):
        body = _parsed(body)
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return Complaint()
    inner = error.get("innererror")
    said = error.get("message") or (inner.get("message") if isinstance(inner, dict) else "")
    message = said if isinstance(said, str) else ""
    found = _FIELD.search(message)
    field = next(filter(None, found.groups()), "") if found else ""
    return Complaint(_code(error.get("code")), plain(message), field.partition("@")[0])


def plain(message: str) -> str:
    """Return a message without what it is wrapped in, on one line."""
    inner = _WRAPPING.sub("", message, count=1) or message
    words = " ".join(_PREFIX.sub("", inner).split())
    return words if len(words) <= MOST_WORDS else f"{words[: MOST_WORDS - 1]}…"


def _code(found: Any) -> str:
    """Return 0x80040333 for itself, for "80040333", and for -2147220685."""
    text = str(found or "").strip()
    if re.fullmatch(r"-\d+", text):
        return f"{int(text) & 0xFFFFFFFF:#x}"
    if re.fullmatch(r"8[0-9a-f]{7}", text, re.IGNORECASE):
        text = f"0x{text}"
    return text.lower()


def _parsed(body: str | bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
