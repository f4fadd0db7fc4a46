"""Guesses the address of a person at a firm by the patterns that firms use."""

from __future__ import annotations

import re
import unicodedata

from integrations.providers.own.names import Name

# The most usual first; a firm's own pattern, as Hunter tells it, comes before all of them.
PATTERNS = ("{first}.{last}", "{f}{last}", "{first}{last}", "{first}")
LONGEST_LOCAL = 64  # RFC 5321 §4.5.3.1.1
# Letters that Unicode does not take apart into a plain one and a sign.
_PLAIN = str.maketrans({
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i",
    "ħ": "h", "ŋ": "n",
})  # fmt: skip
_PATTERN = re.compile(r"[a-z0-9._-]*(?:\{(?:first|last|f|l)\}[a-z0-9._-]*)+")
_LOCAL = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")


def guesses(name: Name, domain: str, pattern: str = "") -> list[str]:
    """Return addresses that the person may have, the likeliest first; empty for no Latin letters.

    `pattern` is the firm's own ("{f}.{last}"); one that we cannot read is left out.
    """
    first, last = plain(name.first), plain(name.last)
    parts = {"first": first, "last": last, "f": first[:1], "l": last[:1]}
    own = pattern.strip().lower().partition("@")[0]
    known = (own, *PATTERNS) if _PATTERN.fullmatch(own) else PATTERNS
    found = [_filled(each, parts) for each in known]
    return [f"{local}@{domain}" for local in dict.fromkeys(found) if local]


def plain(text: str) -> str:
    """Return a name's letters as an address has them: "D'Arcy-Müller" is "darcy-muller"."""
    letters = unicodedata.normalize("NFKD", text.lower().translate(_PLAIN))
    kept = "".join(char for char in letters if char.isascii() and (char.isalnum() or char == "-"))
    is_foreign = any(char.isalpha() and not char.isascii() for char in letters)
    return "" if is_foreign else re.sub(r"-+", "-", kept).strip("-")


def _filled(pattern: str, parts: dict[str, str]) -> str:
    """Return the local part of a pattern, "" where the name lacks what it asks for."""
    if not all(parts[key] for key in re.findall(r"\{(\w+)\}", pattern)):
        return ""
    local = pattern.format(**parts)
    return local if len(local) <= LONGEST_LOCAL and _LOCAL.fullmatch(local) else ""
