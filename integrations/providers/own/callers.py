"""Reads caller names, which carriers keep in capitals and in fifteen letters, as firms' names."""

from __future__ import annotations

import re

from integrations.providers.own.names import tidy

# What stands in a caller name where no name is: no firm is called that.
NOBODY = frozenset((
    "unknown", "unknown name", "unknown caller", "unavailable", "not available", "no name",
    "name unavailable", "anonymous", "private", "private caller", "private name", "blocked",
    "restricted", "out of area", "wireless caller", "cell phone", "mobile caller", "voip caller",
    "toll free call", "toll free caller", "toll free number", "toll free", "business caller",
    "customer service", "caller", "none", "n/a", "na", "test",
))  # fmt: skip
IN_CAPITALS = frozenset(("llc", "llp", "lp", "plc", "pllc", "usa", "us", "uk", "dba", "ymca"))
SMALL = frozenset(("of", "and", "the", "for", "at", "in", "on", "de", "la"))


def firm_of(caller: str) -> str:
    """Return a caller name as a firm's name, in usual case; "" where it names nobody."""
    text = " ".join(caller.replace("\0", "").split()).strip(" ,;:-")
    has_letters = sum(char.isalpha() for char in text) >= 2
    if not has_letters or text.lower() in NOBODY:
        return ""
    if not (text.isupper() or text.islower()):
        return text
    words = text.lower().split()
    return " ".join(_cased(word, is_first=not at) for at, word in enumerate(words))


def _cased(word: str, *, is_first: bool) -> str:
    bare = word.strip(".,")
    if bare in SMALL and not is_first:
        return word
    is_short_form = 2 <= len(bare) <= 4 and bare.isalpha() and not re.search("[aeiouy]", bare)
    return word.upper() if bare in IN_CAPITALS or is_short_form else tidy(word)
