"""Whether two values of one remote field are the same, however either side writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_sync.connector import Field
from crm_sync.mapping.fitting import Unfit, day, lookup, moment, number, truth

_PHONE = str.maketrans("", "", " -.()/\u00a0")


def is_blank(value: Any) -> bool:
    """Tell whether it is no value: None, a text of blanks, an empty list."""
    return value is None or (isinstance(value, str) and not value.strip()) or value in ([], ())


def canon(field: Field) -> Callable[[Any], Any]:
    """Return what brings a value of the field into one form: blank is None."""
    of_type = _OF_TYPE.get(field.type, _text)
    known = lookup(field.options) if field.type in ("option", "options") else {}

    def form(value: Any) -> Any:
        if is_blank(value):
            return None
        if field.type == "option":
            return _option(value, known)
        if field.type == "options":
            return _several(value, known)
        try:
            return of_type(value)
        except (Unfit, ValueError, TypeError):
            return _text(value)

    return form


def same(field: Field, one: Any, other: Any) -> bool:
    form = canon(field)
    return bool(form(one) == form(other))


def _text(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _option(value: Any, known: dict[str, str]) -> str:
    found = str(value).strip()
    return known.get(found.casefold(), found)


def _several(value: Any, known: dict[str, str]) -> frozenset[str]:
    parts = str(value).split(";") if not isinstance(value, list | tuple | set) else value
    return frozenset(_option(one, known) for one in parts if not is_blank(one))


_OF_TYPE: dict[str, Callable[[Any], Any]] = {
    "email": lambda value: str(value).strip().casefold(),
    "phone": lambda value: str(value).strip().translate(_PHONE),
    "number": number,
    "money": number,
    "bool": truth,
    "date": day,
    "datetime": moment,
}
