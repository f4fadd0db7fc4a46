"""What comes back: a CRM's values through the rows, as our fields hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crm_sync.connector import Field, Problem, Row, Values
from crm_sync.mapping import texts
from crm_sync.mapping.fitting import Unfit, day, email, lookup, moment, number, text, truth
from crm_sync.mapping.ours import OurField, catalogue
from crm_sync.mapping.same import is_blank
from crm_sync.mapping.transforms import steps


@dataclass(frozen=True, slots=True)
class Reversed:
    """Our values by our field; "" or None where theirs is blank."""

    values: dict[str, Any]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Back:
    """A row made ready for the way back; `field` is the field of ours that is written."""

    row: Row
    field: OurField
    label: str
    convert: Callable[[Any, Any], Any]

    def value(self, theirs: Any, was: Any = None) -> Any:
        """Return what ours would be, given what it `was`. Raises Unfit."""
        if is_blank(theirs):
            return "" if self.field.length is not None else None
        return self.convert(theirs, was)


def back(obj: str, row: Row, field: Field, *, is_new: bool = False) -> Back | None:
    """Return the way back of a row, None where nothing of it may be written here.

    With `is_new` the record is made by the pull, and fields that it is known by are written too.
    """
    known = catalogue(obj)
    if row.direction == "push" or texts.is_text(row.ours) or row.ours not in known:
        return None
    ours = known[row.ours]
    if ours.pull == "never" or (ours.pull == "new" and not is_new):
        return None
    done = steps(row.transform)
    if done.one_way:
        return None
    written = known[ours.takes] if ours.takes else ours
    chosen = _reversed(row, field)
    into = _into(written)

    def convert(theirs: Any, was: Any) -> Any:
        return into(done.back(chosen(theirs), was))

    return Back(row, written, field.label, convert)


def reverse(
    obj: str, rows: Iterable[Row], fields: Mapping[str, Field], values: Values,
    *, ours: Mapping[str, Any] | None = None, is_new: bool = False,
) -> Reversed:  # fmt: skip
    """Return our values of those remote fields that `values` has."""
    found, problems, was = {}, [], ours or {}
    for row in rows:
        if row.remote not in values:
            continue
        way = back(obj, row, fields.get(row.remote) or Field(row.remote, row.remote), is_new=is_new)
        if way is None:
            continue
        try:
            found[way.field.name] = way.value(values[row.remote], was.get(way.field.name))
        except Unfit as why:
            problems.append(Problem(f"Our field {way.field.label} {why}.", row.remote))
    return Reversed(found, tuple(problems))


def _reversed(row: Row, field: Field) -> Callable[[Any], Any]:
    """Return what makes our word of an option: the row's own, else the CRM's label."""
    known = lookup(field.options)
    own: dict[str, str] = {}
    for ours, theirs in row.options.items():
        own.setdefault(known.get(theirs.strip().casefold(), theirs).casefold(), ours)

    def one(value: Any) -> Any:
        if not isinstance(value, str | int) or isinstance(value, bool):
            return own.get(texts.in_words(value).casefold(), value)
        stored = known.get(str(value).strip().casefold(), str(value).strip())
        return own.get(stored.casefold()) or field.options.get(stored, value)

    def convert(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [one(part) for part in value]
        if field.type == "options" and isinstance(value, str):
            return [one(part) for part in value.split(";") if part.strip()]
        return one(value)

    return convert if own or known else lambda value: value


def _into(ours: OurField) -> Callable[[Any], Any]:
    """Return what brings a value into the form of our column."""
    if ours.type in ("number", "money"):
        return _whole
    simple: dict[str, Callable[[Any], Any]] = {"bool": truth, "date": day, "datetime": moment}
    if ours.type in simple:
        return simple[ours.type]
    form: Callable[[Any], Any] = _lowered if ours.type == "email" else text

    def into(value: Any) -> str:
        found = str(form(value) or "")
        if ours.length is not None and len(found) > ours.length:
            raise Unfit(f"takes {ours.length:,} characters, and theirs has {len(found):,}")
        return found

    return into


def _lowered(value: Any) -> str:
    return (email(value) or "").lower()


def _whole(value: Any) -> int:
    found = round(number(value))
    if found < 0:
        raise Unfit("takes no number below zero")
    return found
