"""Terms: what must be true of an event for a subscription to hear of it, one a line.

    contact.state = NY, NJ
    contact.line_type != landline
    budget.percent >= 100
    contact.email is set

All of them must hold. One counts for those events that have what it asks about: a term about a
contact keeps no run from being told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webhooks.out.events import EVENTS

MOST = 20
_LINE = re.compile(r"(?P<path>[\w.]+)\s*(?P<word>is set|is empty|!=|>=|<=|=|>|<)\s*(?P<rest>.*)")
_BY_SIZE: Mapping[str, Callable[[float, float], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}


class Unfit(ValueError):
    """The terms cannot be kept to; the words say which and why."""


@dataclass(frozen=True, slots=True)
class Term:
    path: str
    word: str
    values: tuple[str, ...] = ()

    def holds(self, found: Any) -> bool:
        """Tell whether it is true of the value at its path."""
        is_set = found not in (None, "", [], {})
        if self.word == "is set":
            return is_set
        if self.word == "is empty":
            return not is_set
        if self.word in _BY_SIZE:
            number = _number(found)
            return number is not None and _BY_SIZE[self.word](number, float(self.values[0]))
        said = {_plain(one) for one in (found if isinstance(found, list) else [found])}
        return bool(said & {one.lower() for one in self.values}) == (self.word == "=")


def read(text: str, kinds: Sequence[str]) -> list[Term]:
    """Return the terms of a text for events of these kinds. Raises Unfit."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST:
        raise Unfit(f"{MOST} lines at most.")
    known = {path for kind in kinds if kind in EVENTS for path in EVENTS[kind].paths()}
    return [_term(line, known) for line in lines]


def _term(line: str, known: Iterable[str]) -> Term:
    found = _LINE.fullmatch(line)
    if found is None:
        raise Unfit(f"“{line[:80]}” is no term. Write it as: contact.state = NY, NJ")
    path, word, rest = found["path"], found["word"], found["rest"].strip()
    if path not in known:
        raise Unfit(f"“{path[:80]}” is nothing that the chosen events say.")
    values = tuple(one.strip() for one in rest.split(",") if one.strip())
    if word.startswith("is"):
        if rest:
            raise Unfit(f"“{line[:80]}”: nothing follows “{word}”.")
    elif not values:
        raise Unfit(f"“{line[:80]}” has no value.")
    elif word in _BY_SIZE and (len(values) > 1 or _number(values[0]) is None):
        raise Unfit(f"“{line[:80]}”: after “{word}” comes one number.")
    return Term(path, word, values)


def hold(terms: Sequence[Term], kind: str, said: Mapping[str, Any]) -> bool:
    """Tell whether an event is one that a subscription with these terms hears of."""
    event = EVENTS.get(kind)
    asked = event.paths() if event else frozenset()
    return all(term.holds(_at(said, term.path)) for term in terms if term.path in asked)


def _at(said: Any, path: str) -> Any:
    for name in path.split("."):
        said = said.get(name) if isinstance(said, Mapping) else None
    return said


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < float("inf") else None


def _plain(value: Any) -> str:
    if value is None:
        return ""
    return ("true" if value else "false") if isinstance(value, bool) else str(value).lower()
