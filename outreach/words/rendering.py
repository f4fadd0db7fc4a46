"""Templates: found faulty before anything is sent, and filled in for one contact.

`{{ first_name }}` is replaced by what is known; `{{ first_name | there }}` says "there" where
nothing is. A template's own fallbacks serve where none stands behind the name. Nothing is
evaluated: what a contact is called can never be read as a placeholder.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from outreach.words.placeholders import FORMER, PLACEHOLDERS

# The most that Twilio takes as the body of a message: its error 21617.
LONGEST = 1_600
_FIELD = re.compile(r"\{\{([^{}]*)\}\}")
_NAME = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\|([^|]*))?")
_SINGLE = re.compile(r"\{\s*([a-z_]+)\s*\}")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a template must not be sent, in words; `at` is where in its body, None for all of it."""

    words: str
    at: int | None = None

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text to send: none where a placeholder has nothing to say, and its name is `missing`."""

    text: str
    missing: tuple[str, ...] = ()

    @property
    def is_too_long(self) -> bool:
        return len(self.text) > LONGEST


def check(body: str, fallbacks: Mapping[str, str]) -> list[Problem]:
    """Return what is wrong with a template, in the order of its body; nothing when it may be sent.

    What a contact's values make of its length is told by `Rendered.is_too_long`.
    """
    problems = [problem for found in _FIELD.finditer(body) if (problem := _check_field(found))]
    problems += _stray_braces(body)
    problems.sort(key=lambda problem: problem.at or 0)
    problems += _check_whole(body)
    for name, text in fallbacks.items():
        if name not in PLACEHOLDERS:
            problems.append(Problem(f"The fallback of “{name}” {_unknown(name)}"))
        elif "{" in text or "}" in text:
            problems.append(Problem(f"The fallback of “{name}” holds a brace: write plain words."))
    return problems


def _check_field(found: re.Match[str]) -> Problem | None:
    parts = _NAME.fullmatch(found[1])
    if parts is None:
        words = f"“{found[0][:60]}” is no placeholder: write {{{{ first_name }}}}, or "
        return Problem(words + "{{ first_name | there }}.", found.start())
    if parts[1] not in PLACEHOLDERS:
        return Problem(f"The placeholder “{parts[1]}” {_unknown(parts[1])}", found.start())
    return None


def _unknown(name: str) -> str:
    near = FORMER.get(name) or next(iter(difflib.get_close_matches(name.lower(), PLACEHOLDERS)), "")
    hint = f" Did you mean “{near}”?" if near else f" There are {', '.join(PLACEHOLDERS)}."
    return f"is unknown.{hint}"


def _stray_braces(body: str) -> list[Problem]:
    """Braces in ones and half placeholders: they would be sent as they stand."""
    rest = _FIELD.sub(lambda found: " " * len(found[0]), body)
    single = [
        Problem(f"“{found[0]}” needs two braces on each side: {{{{ {found[1]} }}}}.", found.start())
        for found in _SINGLE.finditer(rest)
        if found[1] in PLACEHOLDERS or found[1] in FORMER
    ]
    halves = [
        Problem(f"“{found[0]}” opens or ends no placeholder.", found.start())
        for found in re.finditer(r"\{\{|\}\}", rest)
    ]
    return single + halves


def _check_whole(body: str) -> list[Problem]:
    problems = []
    if not _FIELD.sub("", body).strip() and not _FIELD.search(body):
        problems.append(Problem("The text is empty: write what is to be said."))
    if len(body) > LONGEST:
        problems.append(
            Problem(f"{len(body):,} characters: a message may have {LONGEST:,} at most.")
        )
    for at, char in enumerate(body):
        if char not in "\n\r\t" and unicodedata.category(char) in ("Cc", "Cs"):
            problems.append(Problem(f"Character {ord(char):04X} can't be sent: delete it.", at))
            break
    return problems


def render(body: str, fallbacks: Mapping[str, str], values: Mapping[str, str]) -> Rendered:
    """Fill a template in. Unknown names count as missing, so that a faulty one is never sent."""
    missing: list[str] = []

    def fill(found: re.Match[str]) -> str:
        parts = _NAME.fullmatch(found[1])
        name = parts[1] if parts else found[1].strip()
        known = name in PLACEHOLDERS
        own = _one_line(values.get(name, "")) if known else ""
        said = own or _one_line((parts and parts[2]) or "") or _one_line(fallbacks.get(name, ""))
        if not (known and said):
            missing.append(name)
        return said

    text = _FIELD.sub(fill, body).replace("\r\n", "\n").strip()
    return Rendered("" if missing else text, tuple(dict.fromkeys(missing)))


def _one_line(value: str) -> str:
    """A value without line breaks, control characters and what turns the direction of text."""
    kept = (" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in value)
    return " ".join("".join(c for c in kept if not "\u202a" <= c <= "\u202e").split())
