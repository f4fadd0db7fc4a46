"""The $filter, $orderby and $top that Partner Center takes, and the pages they come to."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from integrations.sandbox.crm.store import Row
from integrations.sandbox.partner_center.documents import Refused, document

MOST = 100
TEXTS = ("direction", "status", "substatus", "type", "qualification", "engagementId")
TIMES = ("createdDateTime", "updatedDateTime")
OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "ge": operator.ge, "gt": operator.gt,
    "le": operator.le, "lt": operator.lt,
}  # fmt: skip
_TERM = re.compile(r"(\w+) (eq|ne|ge|gt|le|lt) ('(?:[^']|'')*'|\S+)(?: and |$)")


@dataclass(frozen=True, slots=True)
class Term:
    name: str
    compare: Callable[[Any, Any], bool]
    value: Any


@dataclass(frozen=True, slots=True)
class Place:
    """A question, and the (time, id) of the last row that was given."""

    terms: tuple[Term, ...] = ()
    order: str = "createdDateTime"
    is_down: bool = False
    top: int = MOST
    after: tuple[datetime, str] | None = None


def place(params: Mapping[str, str]) -> Place:
    """Return what is asked for. Raises Refused for what Partner Center does not know."""
    order, _, way = params.get("$orderby", "createdDateTime desc").partition(" ")
    top = params.get("$top", str(MOST))
    if order not in TIMES or way not in ("", "asc", "desc"):
        raise Refused(400, "invalidRequest", f"$orderby {order} is not supported.")
    if not top.isdigit() or not 1 <= int(top) <= MOST:
        raise Refused(400, "invalidRequest", f"$top is at most {MOST}.")
    return Place(_terms(params.get("$filter", "")), order, way == "desc", int(top))


def page(rows: Sequence[Row], asked: Place) -> tuple[list[Row], Place | None]:
    """Return a page, and where the next begins, None at the end."""
    told = [(document(row), row) for row in rows]
    fits = [
        ((_moment(body[asked.order]), row.id), row)
        for body, row in told
        if all(term.compare(_value(body, term.name), term.value) for term in asked.terms)
    ]
    fits.sort(key=lambda one: one[0], reverse=asked.is_down)
    if asked.after is not None:
        beyond = operator.lt if asked.is_down else operator.gt
        fits = [one for one in fits if beyond(one[0], asked.after)]
    given = fits[: asked.top]
    rest = replace(asked, after=given[-1][0]) if len(fits) > len(given) else None
    return [row for _, row in given], rest


def _terms(text: str) -> tuple[Term, ...]:
    terms, at = [], 0
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None:
            raise Refused(400, "invalidRequest", "The $filter cannot be read.")
        terms.append(_term(*found.groups()))
        at = found.end()
    return tuple(terms)


def _term(name: str, sign: str, said: str) -> Term:
    if name in TIMES and not said.startswith("'"):
        try:
            return Term(name, OPERATORS[sign], _moment(said))
        except ValueError:
            raise Refused(400, "invalidRequest", f"{said} is no time.") from None
    if name in TEXTS and said.startswith("'") and sign in ("eq", "ne"):
        return Term(name, OPERATORS[sign], said[1:-1].replace("''", "'"))
    raise Refused(400, "invalidRequest", f"{name} {sign} {said} is not supported.")


def _value(body: Mapping[str, Any], name: str) -> Any:
    return _moment(body[name]) if name in TIMES else body.get(name, "")


def _moment(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
