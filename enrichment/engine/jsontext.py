"""JSON as PostgreSQL takes it: without NULs, which no text there can have."""

from __future__ import annotations

import re
from typing import Any

import orjson

# An escaped NUL, but not a backslash that is followed by "u0000".
NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def json_text(value: Any) -> str:
    """Return the value as JSON without NULs."""
    text = orjson.dumps(value).decode()
    return NUL.sub(r"\1", text) if "\\u0000" in text else text
