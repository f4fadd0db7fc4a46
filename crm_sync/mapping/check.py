"""What is wrong with a mapping, by the CRM's own description, before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crm_sync.connector import CONTACT, Field, Problem, Row, Type
from crm_sync.mapping import texts
from crm_sync.mapping.fitting import lookup
from crm_sync.mapping.ours import OurField, catalogue
from crm_sync.mapping.transforms import steps

# What a field of this type takes of ours without a transform; any, where it is not named.
_TAKES: Mapping[Type, frozenset[Type]] = {
    "number": frozenset(("number", "money", "option")),
    "money": frozenset(("number", "money")),
    "bool": frozenset(("bool",)),
    "date": frozenset(("date", "datetime")),
    "datetime": frozenset(("date", "datetime")),
    "email": frozenset(("email", "text", "options")),
}
_IN_WORDS: Mapping[Type, str] = {
    "text": "text", "email": "an e-mail address", "phone": "a phone number", "url": "an address",
    "number": "a number", "money": "an amount", "bool": "yes or no", "date": "a day",
    "datetime": "a date and time", "option": "one of its values", "options": "several values",
    "reference": "another record", "other": "something",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong, and with which row: its place in the mapping."""

    row: int
    problem: Problem


def check(
    rows: Sequence[Row], fields: Mapping[str, Field], key_field: str,
    *, obj: str = CONTACT, must_be_unique: bool = True,
) -> list[Problem]:  # fmt: skip
    """Return all that has to be mended; with one of these nothing is sent."""
    return [
        *(one.problem for one in of_rows(rows, fields, obj)),
        *_lacking(rows, fields, key_field, obj),
        *of_key(rows, fields, key_field, obj, must_be_unique=must_be_unique),
    ]


def of_rows(rows: Sequence[Row], fields: Mapping[str, Field], obj: str) -> list[Found]:
    """Return what is wrong with single rows: with one of these a mapping is not even saved."""
    found = []
    sent = Counter(row.remote for row in rows if row.direction != "pull")
    taken = Counter(
        _written(row, obj) for row in rows if row.direction != "push" and row.ours in catalogue(obj)
    )
    for at, row in enumerate(rows):
        words = [*_ours(row, obj), *_remote(row, fields), *_fitting(row, fields, obj)]
        if row.direction != "pull" and sent[row.remote] > 1:
            words.append(f"Two rows send to {_label(row.remote, fields)}: keep one.")
        if row.direction != "push" and taken[_written(row, obj)] > 1:
            words.append("Two rows write this field of ours: let one of them only send.")
        found += [Found(at, Problem(one, row.remote, obj)) for one in words]
    return found


def _lacking(
    rows: Sequence[Row], fields: Mapping[str, Field], key_field: str, obj: str
) -> Iterator[Problem]:
    for field in uncovered(rows, fields, key_field):
        words = f"{field.label} is required in the CRM, and no row sends it a value."
        yield Problem(words, field.name, obj)


def of_key(
    rows: Sequence[Row], fields: Mapping[str, Field], key_field: str, obj: str,
    *, must_be_unique: bool,
) -> Iterator[Problem]:  # fmt: skip
    """Tell what is wrong with the field that holds our key."""
    if not key_field or not fields:
        return
    key = key_of(fields, key_field)
    if key is None:
        words = f"The CRM has no field {key_field}, which is to hold our key: make it there first."
        yield Problem(words, key_field, obj)
        return
    if must_be_unique and not key.is_key:
        words = f"{key.label} holds our key, so it has to be unique in the CRM."
        yield Problem(words, key.name, obj)
    if any(row.remote == key.name and row.direction != "pull" for row in rows):
        words = f"{key.label} holds our key: send it nothing else."
        yield Problem(words, key.name, obj)


def key_of(fields: Mapping[str, Field], key_field: str) -> Field | None:
    """Return the field that holds our key, by its name, or by its label where the CRM names it."""
    by_label = (one for one in fields.values() if one.label == key_field)
    return fields.get(key_field) or next(by_label, None)


def uncovered(rows: Sequence[Row], fields: Mapping[str, Field], key_field: str = "") -> list[Field]:
    """Return the required fields that no row sends a value to."""
    key = key_of(fields, key_field)
    sent = {row.remote for row in rows if row.direction != "pull"} | {key.name if key else ""}
    return [
        one for one in fields.values()
        if one.is_required and not one.is_readonly and one.name not in sent
    ]  # fmt: skip


def warnings(rows: Sequence[Row], fields: Mapping[str, Field], obj: str = CONTACT) -> list[Found]:
    """Return what may go wrong with some records; it stops nothing."""
    found = []
    for at, row in enumerate(rows):
        field, ours = fields.get(row.remote), catalogue(obj).get(row.ours)
        if field is None or ours is None or row.direction == "pull":
            continue
        words = [*_length(row, field, ours), *_without_value(row, field, ours)]
        found += [Found(at, Problem(one, row.remote, obj)) for one in words]
    return found


def _length(row: Row, field: Field, ours: OurField) -> Iterator[str]:
    is_long = field.length is not None and ours.length is not None and ours.length > field.length
    if is_long and not steps(row.transform).cuts and field.type not in ("option", "options"):
        yield (
            f"Ours may have {ours.length:,} characters, {field.label} takes {field.length:,}: "
            "longer values are refused unless they are cut."
        )


def _without_value(row: Row, field: Field, ours: OurField) -> Iterator[str]:
    if not ours.options or field.type != "option" or not field.options:
        return
    known = lookup(field.options)
    chosen = {one.casefold() for one in row.options}
    left = [one for one in ours.options if one.casefold() not in chosen | known.keys()]
    if left:
        yield f"{field.label} has no value for {', '.join(left)}: such records are refused."


def _ours(row: Row, obj: str) -> Iterator[str]:
    known, done = catalogue(obj), steps(row.transform)
    if not row.ours:
        yield "Choose a field of ours, or write a text."
    elif texts.is_malformed(row.ours):
        yield f"In {row.ours} a brace or a quote stands alone."
    for name in texts.names(row.ours):
        if name and name not in known and not texts.is_malformed(row.ours):
            yield f"We have no field {name}."
    for name in done.unknown:
        yield f"There is no transform {name}."
    if row.direction == "push":
        return
    if texts.is_text(row.ours):
        yield "A text goes to the CRM only: set its direction so."
    elif row.ours in known and known[row.ours].pull == "never":
        yield f"{known[row.ours].label} is not written by a CRM: let it go to the CRM only."
    elif done.one_way:
        yield f"“{done.one_way[0].label}” cannot be read back: let it go to the CRM only."


def _remote(row: Row, fields: Mapping[str, Field]) -> Iterator[str]:
    if not row.remote:
        yield "Choose a field of the CRM."
    elif fields and row.remote not in fields:
        yield f"The CRM has no field {row.remote}."
    elif fields and fields[row.remote].is_readonly and row.direction != "pull":
        yield f"{fields[row.remote].label} can only be read: take it from the CRM only."


def _fitting(row: Row, fields: Mapping[str, Field], obj: str) -> Iterator[str]:
    field = fields.get(row.remote)
    if field is None:
        return
    known = lookup(field.options)
    if field.type in ("option", "options") and known:
        for theirs in dict.fromkeys(row.options.values()):
            if theirs.strip().casefold() not in known:
                yield f"{field.label} has no value {theirs}."
    takes, gives = _TAKES.get(field.type), _gives(row, obj)
    if row.direction != "pull" and takes and gives and gives not in takes:
        yield f"{field.label} takes {_IN_WORDS[field.type]}, and ours is {_IN_WORDS[gives]}."


def _gives(row: Row, obj: str) -> Type | None:
    """Return the type of what is sent, None where a transform or a choice of values decides."""
    done = steps(row.transform)
    if row.options or done.all:
        return done.all[-1].gives if done.all and not row.options else None
    if texts.is_text(row.ours):
        return None
    ours = catalogue(obj).get(row.ours)
    return ours.type if ours else None


def _written(row: Row, obj: str) -> str:
    ours = catalogue(obj).get(row.ours)
    return (ours.takes or ours.name) if ours else ""


def _label(name: str, fields: Mapping[str, Field]) -> str:
    return fields[name].label if name in fields else name
