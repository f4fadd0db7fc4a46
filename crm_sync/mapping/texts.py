"""What stands on our side of a row: one field, or a text with fields in it.

    first_name                          the field
    {first_name} {last_name}            both, with what is between them
    {last_name|full_name|"Unknown"}     the first that has a value; a quoted text always has
    "Switchboard"                       always this text

What lacks every value makes its part of the text empty; blanks that are left over go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Read = Callable[[Mapping[str, Any]], Any]

_PART = re.compile(r"\{([^{}]*)\}")
_QUOTED = re.compile(r'"([^"]*)"')
_BLANKS = re.compile(r"[ \t]{2,}")


def is_text(ours: str) -> bool:
    """Tell whether it is a text, which goes one way only, and no single field."""
    return "{" in ours or "}" in ours or '"' in ours


def names(ours: str) -> list[str]:
    """Return the fields that it reads, each once, in their order."""
    if not is_text(ours):
        return [ours]
    found = [name for part in _PART.findall(ours) for name in _alternatives(part)]
    return list(dict.fromkeys(name for name in found if not _QUOTED.fullmatch(name)))


def is_malformed(ours: str) -> bool:
    """Tell whether a brace or a quote stands alone, so that nobody knows what is meant."""
    if '"' in ours and "{" not in ours:
        return not _QUOTED.fullmatch(ours)
    rest = _PART.sub("", ours)
    return "{" in rest or "}" in rest or any('"' in name for name in names(ours))


def reader(ours: str) -> Read:
    """Return what reads it from our values; a text is "" where all its fields are blank."""
    if not is_text(ours):
        return lambda subject: subject.get(ours)
    if fixed := _QUOTED.fullmatch(ours):
        return lambda subject: fixed[1]
    pieces = _PART.split(ours)
    parts = [_part(text) if at % 2 else text for at, text in enumerate(pieces)]

    def read(subject: Mapping[str, Any]) -> str:
        filled = [part if isinstance(part, str) else part(subject) for part in parts]
        if not any(filled[1::2]):
            return ""
        return _BLANKS.sub(" ", "".join(filled)).strip(" ,;-")

    return read


def _alternatives(part: str) -> list[str]:
    return [one.strip() for one in part.split("|")]


def _part(part: str) -> Callable[[Mapping[str, Any]], str]:
    choices = [(_QUOTED.fullmatch(one), one) for one in _alternatives(part)]

    def read(subject: Mapping[str, Any]) -> str:
        for quoted, name in choices:
            value = quoted[1] if quoted else subject.get(name)
            if value is not None and value != "":
                return in_words(value)
        return ""

    return read


def in_words(value: Any) -> str:
    """Return a value as it stands in a text."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
