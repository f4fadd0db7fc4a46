"""What the editor shows of rows: each with both its fields in words, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_sync.admin.mapping.reading import Typed
from crm_sync.connector import Field
from crm_sync.mapping import check, texts
from crm_sync.mapping.ours import catalogue
from crm_sync.mapping.rows import DIRECTIONS, WINS
from crm_sync.mapping.transforms import TRANSFORMS

_TYPES = {
    "text": "text", "email": "e-mail", "phone": "phone", "url": "address", "number": "number",
    "money": "amount", "bool": "yes or no", "date": "day", "datetime": "date and time",
    "option": "one of a list", "options": "several of a list", "reference": "another record",
    "other": "something else",
}  # fmt: skip
_OPTIONS_SHOWN = 50


@dataclass(slots=True)
class Shown:
    """A row of the form, and what is said below it."""

    typed: Typed
    ours: str
    theirs: str
    options: list[tuple[str, str]] = field(default_factory=list)
    more_options: int = 0
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def is_chain(self) -> bool:
        """Whether its transform is none that can be chosen alone."""
        return bool(self.typed.steps) and self.typed.steps not in TRANSFORMS

    @property
    def option_count(self) -> int:
        return len(self.options) + self.more_options

    @property
    def label(self) -> str:
        """What its controls are called by."""
        return self.typed.row.ours or self.typed.row.remote or "the new row"


def laid_out(
    draft: Sequence[Typed],
    fields: Mapping[str, Field],
    key_field: str,
    obj: str,
    *,
    must_be_unique: bool,
) -> dict[str, Any]:
    """Return what the template's rows, their summary and their choices need."""
    rows = [one.row for one in draft]
    fresh = {at for at, one in enumerate(draft) if one.is_empty}  # nothing is typed in them yet
    shown = [_shown(one, fields, obj) for one in draft]
    for found in check.of_rows(rows, fields, obj):
        if found.row not in fresh:
            shown[found.row].problems.append(found.problem.words)
    for found in check.warnings(rows, fields, obj):
        shown[found.row].warnings.append(found.problem.words)
    key = check.key_of(fields, key_field)
    return {
        "rows": shown,
        "uncovered": check.uncovered(rows, fields, key_field),
        "whole": [
            one.words for one in
            check.of_key(rows, fields, key_field, obj, must_be_unique=must_be_unique)
        ],
        "wrong": sum(bool(one.problems) for one in shown),
        "warned": sum(bool(one.warnings) for one in shown),
        "our_fields": list(catalogue(obj).values()),
        "their_fields": [
            (one, in_words(one)) for one in _by_label(fields) if one != key
        ],
        "directions": DIRECTIONS, "wins": WINS, "transforms": TRANSFORMS.values(),
    }  # fmt: skip


def _by_label(fields: Mapping[str, Field]) -> list[Field]:
    return sorted(fields.values(), key=lambda one: (not one.is_required, one.label.casefold()))


def _shown(one: Typed, fields: Mapping[str, Field], obj: str) -> Shown:
    theirs = fields.get(one.row.remote)
    options = list(theirs.options.items()) if theirs else []
    shown = Shown(
        one, _ours(one.row.ours, obj), in_words(theirs) if theirs else "",
        options[:_OPTIONS_SHOWN], max(0, len(options) - _OPTIONS_SHOWN),
    )  # fmt: skip
    if one.wrong:
        shown.problems.append(one.wrong)
    return shown


def _ours(ours: str, obj: str) -> str:
    known = catalogue(obj)
    if texts.is_text(ours):
        labels = [known[name].label for name in texts.names(ours) if name in known]
        return f"A text{' of ' if labels else ''}{', '.join(labels)}"
    if ours not in known:
        return ""
    one = known[ours]
    length = f", up to {one.length:,} characters" if one.length else ""
    back = "" if one.pull == "always" else (
        ", written back to new records only" if one.pull == "new" else ", not written back"
    )  # fmt: skip
    return f"{one.group}: {one.label}, {_TYPES[one.type]}{length}{back}"


def in_words(one: Field) -> str:
    """Return a field of the CRM in words: label, type, length, and what holds for it."""
    parts = [_TYPES[one.type]]
    if one.length:
        parts.append(f"up to {one.length:,} characters")
    for holds, words in ((one.is_required, "required"), (one.is_readonly, "can only be read")):
        if holds:
            parts.append(words)
    return f"{one.label}: {', '.join(parts)}"
