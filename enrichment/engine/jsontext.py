"""JSON as PostgreSQL takes it: without NULs, which no text there can have."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

# An escaped NUL, but not a backslash that is followed by "u0000".
NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


MOST_BROKEN = 20_000


def clipped(raw: Any) -> Any:
    """Return what of a broken answer is kept: all of it, or the beginning of its text."""
    text = raw if isinstance(raw, str) else json_text(raw)
    return raw if len(text) <= MOST_BROKEN else text[:MOST_BROKEN] + "…"


def json_text(value: Any) -> str:
    """Return the value as JSON without NULs; what is nested too deeply to be written, in words."""
    try:
        text = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        text = _of_deep(value)
    return NUL.sub(r"\1", text) if "\\u0000" in text else text


def _of_deep(value: Any) -> str:
    """Return JSON of what is nested more than 254 deep: orjson stops there, json not yet."""
    try:
        return json.dumps(value)
    except RecursionError:
        return json.dumps("an answer that is nested too deeply to be kept")
