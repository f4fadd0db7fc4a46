"""Composing a recipe: a draft that is rearranged step by step, then checked and kept.

Pure: a draft holds what a person typed, right or wrong, and knows nothing of the database.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Wish:
    """A wanted field, the confidence that is enough (as typed), and whom to ask, in order.

    `conditions` are by lookup, `beside` the lookups asked at the same time as the one before.
    """

    field: str
    sufficient: str = "0.5"
    steps: tuple[str, ...] = ()
    fresh_days: str = ""
    conditions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    beside: frozenset[str] = frozenset()

    def in_order(self, order: Sequence[str]) -> Wish:
        """Return the wish with its lookups in this order, one after the other."""
        known = [slug for slug in order if slug in self.steps]
        rest = [slug for slug in self.steps if slug not in known]
        return replace(self, steps=(*known, *rest), beside=frozenset())


@dataclass(frozen=True, slots=True)
class Draft:
    """A recipe as typed; numbers are text until they are checked."""

    name: str = ""
    description: str = ""
    fresh_days: str = ""
    cap_usd: str = ""
    cap_per_contact_usd: str = ""
    wishes: tuple[Wish, ...] = dataclasses.field(default=())

    def reordered(self, name: str, order: Sequence[str]) -> Draft:
        """Return the draft with the lookups of one field in this order."""
        return self._with(
            tuple(one.in_order(order) if one.field == name else one for one in self.wishes)
        )

    def after(self, act: str) -> Draft:
        """Return the draft after one press of a button; one that fits nothing changes nothing.

        Acts are words joined by ":", for example "up:line_type", "later:email:hunter.find_email"
        and "add:email:hunter.find_email".
        """
        what, _, rest = act.partition(":")
        name, _, lookup = rest.partition(":")
        wish = next((one for one in self.wishes if one.field == name), None)
        if what == "want":
            return self if wish or not name else self._with((*self.wishes, Wish(name)))
        if wish is None:
            return self
        if what == "unwant":
            return self._with(tuple(one for one in self.wishes if one is not wish))
        if what in ("up", "down"):
            return self._with(moved(self.wishes, wish, -1 if what == "up" else 1))
        return self._with(
            tuple(_step(one, what, lookup) if one is wish else one for one in self.wishes)
        )

    def _with(self, wishes: tuple[Wish, ...]) -> Draft:
        return replace(self, wishes=wishes)


def _step(wish: Wish, what: str, lookup: str) -> Wish:
    steps = wish.steps
    if what == "add" and lookup and lookup not in steps:
        return replace(wish, steps=(*steps, lookup))
    if lookup not in steps:
        return wish
    if what == "drop":
        return replace(wish, steps=tuple(one for one in steps if one != lookup))
    if what in ("sooner", "later"):
        return replace(wish, steps=moved(steps, lookup, -1 if what == "sooner" else 1))
    return wish


def moved(things: Sequence[Thing], thing: Thing, by: int) -> tuple[Thing, ...]:
    """Return the things with one of them a place further; at the edge it stays."""
    rest = list(things)
    at = rest.index(thing)
    rest.insert(max(0, min(len(rest) - 1, at + by)), rest.pop(at))
    return tuple(rest)


def differences(before: Draft, now: Draft) -> list[str]:
    """Return in words what differs between two drafts of a recipe."""
    said = [
        f"{label}: {getattr(before, name) or 'empty'} became {getattr(now, name) or 'empty'}"
        for name, label in (
            ("name", "Name"), ("description", "Description"),
            ("fresh_days", "Answers count for"), ("cap_usd", "Proposed cap"),
            ("cap_per_contact_usd", "Cap per contact"),
        )
        if getattr(before, name) != getattr(now, name)
    ]  # fmt: skip
    old, new = ({one.field: one for one in draft.wishes} for draft in (before, now))
    said += [f"{name} was removed" for name in old if name not in new]
    said += [f"{name} was added" for name in new if name not in old]
    for name in new:
        if name in old and old[name] != new[name]:
            said.append(f"{name}: {_said(old[name])} became {_said(new[name])}")
    if not said and before != now:
        said.append("The fields stand in another order")
    return said


def _said(wish: Wish) -> str:
    said = ""
    for slug in wish.steps:
        joint = " with " if slug in wish.beside else " then "
        only = wish.conditions.get(slug)
        said += (joint if said else "") + (f"{slug} [{only}]" if only else slug)
    age = f", {wish.fresh_days} days" if wish.fresh_days else ""
    return f"{said or 'nobody'} (enough at {wish.sufficient}{age})"
