"""Which column fills which field: remembered per header set, previewed, and applied row by row."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from contacts.importing.fields import BY_NAME, fold_header
from contacts.importing.table import Table
from contacts.phone import PhoneRefused, parse

# The key under which a row lists the fields whose values were too long to keep whole.
CUT = "cut"

# Embeddings and overrides (Unicode UAX 9): "exe.png" behind one is "gnp.exe" in the file. Letters
# that run to the left need none of them.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e")
_LEFT_OUT = dict.fromkeys(map(ord, ("\0", *_TURNING)))


class NoPhoneColumn(ValueError):
    """No column can be the phone number; the message lists those that there are."""

    def __init__(self, columns: Sequence[str]) -> None:
        shown = ", ".join(columns[:20]) + (f" and {len(columns) - 20} more" if columns[20:] else "")
        super().__init__(
            f"no column holds phone numbers. Columns: {shown}. "
            "Name one of them phone, or say which one it is"
        )


@dataclass(frozen=True)
class Mapping:
    """`fields` gives the column (from 0) of each field. For a guess, `confidence` (0..1) and `why`
    ("header" or "values") say how sure it is, `notes` what a person should look at."""

    fields: dict[str, int]
    confidence: dict[str, float] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @classmethod
    def from_names(cls, names: dict[str, str], columns: Sequence[str]) -> "Mapping":
        """A remembered or typed mapping, on the columns of this file; ValueError when wrong."""
        for name, column in names.items():
            if name not in BY_NAME:
                raise ValueError(f"unknown field {name!r}: there are {', '.join(BY_NAME)}")
            if column not in columns:
                raise ValueError(f"no column {column!r}: there are {', '.join(columns)}")
        if "phone" not in names:
            raise NoPhoneColumn(columns)
        return cls({name: columns.index(column) for name, column in names.items()})


def header_key(columns: Sequence[str]) -> str:
    """A digest of a set of headers, whatever their order, case and signs."""
    names = "\n".join(sorted(fold_header(column) for column in columns))
    return hashlib.sha256(names.encode()).hexdigest()


def compile_reader(mapping: Mapping) -> Callable[[Sequence[str]], dict[str, str]]:
    """A function from cells to values by field: trimmed, of one line, without NULs and what turns
    the direction of the text around it, cut to the field's limit (then `cut` lists the fields).
    Missing cells and empty values are ''."""
    plan = [(name, at, BY_NAME[name].limit) for name, at in mapping.fields.items()]

    def read(cells: Sequence[str]) -> dict[str, str]:
        values: dict[str, str] = {}
        width = len(cells)
        for name, at, limit in plan:
            value = cells[at] if at < width else ""
            if value:
                value = " ".join(value.split())
                if "\0" in value or not (value.isascii() or _TURNING.isdisjoint(value)):
                    value = " ".join(value.translate(_LEFT_OUT).split())
                if len(value) > limit:
                    values[CUT] = f"{values[CUT]}, {name}" if CUT in values else name
                    value = value[:limit].rstrip()
            values[name] = value
        return values

    return read


def preview(table: Table, mapping: Mapping, region: str, n: int = 10) -> list[dict[str, Any]]:
    """The first rows as they will be read: line, values by field, and the number or the reason."""
    read = compile_reader(mapping)
    shown: list[dict[str, Any]] = []
    for row in islice(table.rows(), n):
        values: dict[str, Any] = {"line": row.line, **read(row.cells)}
        shown.append(values | _preview_phone(values, row.problem, region))
    return shown


def _preview_phone(values: dict[str, Any], problem: str, region: str) -> dict[str, Any]:
    if problem:
        return {"refused": problem}
    try:
        phone = parse(values["phone"], region)
    except PhoneRefused as refused:
        return {"refused": refused.reason}
    return {
        "e164": phone.e164,
        "country_of_number": phone.country,
        "phone_ext": phone.ext or values.get("phone_ext", ""),
        "is_valid": phone.is_valid,
        "refused": "",
    }
