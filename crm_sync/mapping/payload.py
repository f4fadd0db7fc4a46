"""What is sent of one record: our values through the rows, as the CRM's fields take them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from crm_sync.connector import Field, Problem, Row, Value, Values
from crm_sync.mapping import texts
from crm_sync.mapping.fitting import Unfit, fit_for
from crm_sync.mapping.transforms import steps


@dataclass(frozen=True, slots=True)
class Payload:
    """The values by remote field, None to clear one; with a problem the record is not sent."""

    values: dict[str, Value]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A row made ready: `read` takes our value, `fit` makes theirs of it."""

    row: Row
    field: Field
    read: texts.Read
    fit: Callable[[Any], Value]
    omits: bool

    def value(self, subject: Mapping[str, Any]) -> Value:
        """Return what is sent. Raises Unfit, also where nothing is left of what is required."""
        raw = self.read(subject)
        found = None if raw is None or raw == "" else self.fit(raw)
        if self.field.is_required and (found is None or found == ""):
            raise Unfit("needs a value, and ours has none")
        return None if found == "" else found


def line(row: Row, field: Field) -> Line:
    """Return a row with its field, made ready once for all records."""
    done = steps(row.transform)
    fit = fit_for(field, cuts=done.cuts)
    chosen = {ours.strip().casefold(): theirs for ours, theirs in row.options.items()}
    if not done.all and not chosen:
        return Line(row, field, texts.reader(row.ours), fit, done.omits)

    def through(raw: Any) -> Value:
        value = done.out(raw)
        if chosen:
            value = _chosen(value, chosen)
        return None if value is None or value == "" else fit(value)

    return Line(row, field, texts.reader(row.ours), through, done.omits)


def _chosen(value: Any, chosen: Mapping[str, str]) -> Any:
    if isinstance(value, list | tuple):
        return [_chosen(one, chosen) for one in value]
    return chosen.get(texts.in_words(value).strip().casefold(), value)


def compiled(
    rows: Iterable[Row], fields: Mapping[str, Field]
) -> Callable[[Mapping[str, Any]], Payload]:
    """Return what makes payloads, with everything decided that is the same for all records.

    A field that the CRM did not describe is a problem of every record; where it described none at
    all they are taken for texts.
    """
    pushed = [row for row in rows if row.direction != "pull"]
    gone = tuple(_gone(row) for row in pushed if fields and row.remote not in fields)
    lines = [
        line(row, fields.get(row.remote) or Field(row.remote, row.remote))
        for row in pushed if not fields or row.remote in fields
    ]  # fmt: skip
    ready = [(one.row.remote, one.value, one.omits, one) for one in lines]

    def make(subject: Mapping[str, Any]) -> Payload:
        values: dict[str, Value] = {}
        problems: list[Problem] = []
        for remote, value_of, omits, one in ready:
            try:
                found = value_of(subject)
            except Unfit as why:
                problems.append(Problem(f"{one.field.label} {why}.", remote))
                continue
            if found is not None or not omits:
                values[remote] = found
        return Payload(values, (*gone, *problems))

    return make


def _gone(row: Row) -> Problem:
    return Problem(f"The CRM has no field {row.remote} any more.", row.remote)


def payload(
    rows: Iterable[Row], fields: Mapping[str, Field], subject: Mapping[str, Any]
) -> Payload:
    """Return the payload of one record; for many, compile once and call that."""
    return compiled(rows, fields)(subject)


def hash_of(values: Values) -> str:
    """Return 32 hexadecimal digits, the same for equal values, in any order and any process."""
    body = orjson.dumps(dict(values), option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.blake2b(body, digest_size=16).hexdigest()
