"""Rows of a mapping, to JSON and from it: what is stored, exported and brought back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from crm_sync.connector import Field, Row

DIRECTIONS = {"both": "both ways", "push": "to the CRM", "pull": "from the CRM"}
WINS = {
    "newest": "the newest",
    "remote": "the CRM's",
    "ours": "ours",
    "blank": "the CRM's, ours fills blanks",
}
MOST = 500
_TEXTS = {"ours": 300, "remote": 200, "direction": 4, "wins": 6, "transform": 100}
_OPTIONS_MOST = 2_000


class BadRows(ValueError):
    """What was read is no list of rows; the message says where and why."""


def to_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    return [{**asdict(row), "options": dict(row.options)} for row in rows]


def from_json(found: Any) -> tuple[Row, ...]:
    """Return the rows that a JSON value holds. Raises BadRows for any other shape."""
    if not isinstance(found, list):
        raise BadRows("A mapping is a list of rows.")
    if len(found) > MOST:
        raise BadRows(f"A mapping has at most {MOST} rows, not {len(found):,}.")
    return tuple(_row(number, one) for number, one in enumerate(found, 1))


def _row(number: int, found: Any) -> Row:
    if not isinstance(found, dict):
        raise BadRows(f"Row {number} is no object with ours and remote.")
    strange = sorted(map(str, found.keys() - _TEXTS.keys() - {"options"}))
    if strange:
        raise BadRows(f"Row {number} has {', '.join(strange)}, which no row has.")
    texts = {name: _text(number, name, found[name]) for name in _TEXTS if name in found}
    if "ours" not in texts or "remote" not in texts:
        raise BadRows(f"Row {number} needs ours and remote.")
    if texts.get("direction", "both") not in DIRECTIONS:
        raise BadRows(f"Row {number}: the direction is {', '.join(DIRECTIONS)}.")
    if texts.get("wins", "newest") not in WINS:
        raise BadRows(f"Row {number}: who wins is {', '.join(WINS)}.")
    return Row(**texts, options=_options(number, found.get("options", {})))  # type: ignore[arg-type]


def _text(number: int, name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > _TEXTS[name] or not _is_storable(value):
        raise BadRows(f"Row {number}: {name} is a text of at most {_TEXTS[name]} characters.")
    return value.strip()


def _is_storable(text: str) -> bool:
    """Tell whether PostgreSQL takes it: no NUL, and no half of a character."""
    return "\x00" not in text and not any("\ud800" <= one <= "\udfff" for one in text)


def _options(number: int, found: Any) -> dict[str, str]:
    is_map = isinstance(found, dict) and len(found) <= _OPTIONS_MOST
    if not is_map or not all(isinstance(v, str) and _is_storable(k + v) for k, v in found.items()):
        raise BadRows(f"Row {number}: options are texts by text.")
    return dict(found)


def fields_to_json(fields: Iterable[Field]) -> list[dict[str, Any]]:
    return [{**asdict(one), "options": dict(one.options)} for one in fields]


def fields_from_json(described: Iterable[Mapping[str, Any]]) -> dict[str, Field]:
    """Return remote fields by name, as `Mapping.described` keeps them."""
    return {one["name"]: Field(**one) for one in described}
