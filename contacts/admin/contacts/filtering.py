"""The filters above the list: what can be chosen, what is chosen, and what was typed for a row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib.auth.models import User

from contacts.filters import FILTERS, Choices, Filter, numbered
from contacts.selection import Selection, as_query, in_words, written

# A row is typed by name in a box of its own name, and stands by number in the address.
TYPED = "_named"
_TYPED_LIMIT = 100
_NUMBERED = re.compile(r"#([0-9]{1,18})$")


@dataclass(frozen=True, slots=True)
class Box:
    """A field of the filters' form: a choice of `options`, or a text that is completed."""

    name: str
    label: str
    value: str
    options: Choices = ()

    @property
    def field(self) -> str:
        return self.name if self.options else f"{self.name}{TYPED}"


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, in words; `without` is the list's address without it."""

    words: str
    without: str


@dataclass(slots=True)
class Typed:
    """An address as it should stand, where what was typed has been looked up."""

    query: str = ""
    notices: list[str] = field(default_factory=list)


def boxes(user: User, selection: Selection) -> list[Box]:
    """Return the fields for this person; each holds what is chosen."""
    values = _values(selection)
    found = []
    for one in FILTERS.values():
        if not user.has_perm(one.permission):
            continue
        if one.choices is not None:
            found.append(Box(one.name, one.label, values.get(one.name, ""), one.choices()))
        elif one.suggest is not None:
            value = selection.get(one.name)
            shown = _name_of(one, value) if isinstance(value, int) else str(value or "")
            found.append(Box(one.name, one.label, shown))
    return found


def chips(selection: Selection) -> list[Chip]:
    return [
        Chip(
            in_words({name: value}),
            as_query({other: kept for other, kept in selection.items() if other != name}),
        )
        for name, value in selection.items()
    ]


def hidden(selection: Selection, *but: str) -> list[tuple[str, str]]:
    """Return the selection as fields that a form keeps."""
    return [(name, text) for name, text in _values(selection).items() if name not in but]


def settle(params: Mapping[str, str], user: User) -> Typed | None:
    """Look up what was typed into boxes; None when the address is already as it should stand."""
    if not any(name.endswith(TYPED) or not text for name, text in params.items()):
        return None
    kept = {name: text for name, text in params.items() if text and not name.endswith(TYPED)}
    settled = Typed()
    for name, text in params.items():
        one = FILTERS.get(name.removesuffix(TYPED))
        if not (name.endswith(TYPED) and one and one.suggest and text.strip()):
            continue
        if not user.has_perm(one.permission):
            continue
        value = _looked_up(one, text.strip()[:_TYPED_LIMIT].replace("\0", ""))
        if value:
            kept[one.name] = value
        else:
            settled.notices.append(
                f"{one.label}: nothing is called “{text[:40]}”. Pick one listed."
            )
    settled.query = urlencode(kept)
    return settled


def _looked_up(one: Filter, typed: str) -> str:
    """Return the value that was meant: by its name, its number, or as the only one that fits."""
    assert one.suggest is not None
    found = one.suggest(typed)
    exact = [value for value, name in found if name.casefold() == typed.casefold()]
    if exact:
        return exact[0]
    if number := _NUMBERED.search(typed):
        return number[1]
    return found[0][0] if len(found) == 1 else ""


def _name_of(one: Filter, value: int) -> str:
    name = one.say(value).removeprefix(f"{one.label.lower()} ").removeprefix("in ")
    return name if one.name == "tag" else numbered(name, value)


def _values(selection: Selection) -> dict[str, str]:
    return {name: written(value) for name, value in selection.items()}
