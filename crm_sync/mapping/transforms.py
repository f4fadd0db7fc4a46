"""The transforms that a row can name, out to the CRM and back from it; all pure.

A row's `transform` holds any number of them, in order, with blanks between: "lower truncate".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    format_number,
    region_code_for_number,
)
from phonenumbers import parse as parse_number

from contacts import phone
from crm_sync.connector import Type
from crm_sync.mapping import countries
from crm_sync.mapping.fitting import Unfit, day, truth
from crm_sync.mapping.texts import in_words

CUT, KEEP = "truncate", "omit"
_HOME = "US"


@dataclass(frozen=True, slots=True)
class Transform:
    """What is made of a value on its way out, and back.

    `out` makes of our value what is sent, of the type it `gives`, where that is sure; `back` makes
    ours of theirs, given what ours was. Without `back` it goes one way only. Neither is asked about
    blanks. They raise Unfit.
    """

    name: str
    label: str
    help: str
    out: Callable[[Any], Any]
    back: Callable[[Any, Any], Any] | None = None
    gives: Type | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """A row's transforms as they are applied; `unknown` are names that there are none of."""

    all: tuple[Transform, ...]
    cuts: bool
    omits: bool
    unknown: tuple[str, ...]

    @property
    def one_way(self) -> tuple[Transform, ...]:
        return tuple(one for one in self.all if one.back is None)

    def out(self, value: Any) -> Any:
        for one in self.all:
            if value is None or value == "":
                return value
            value = one.out(value)
        return value

    def back(self, value: Any, ours: Any) -> Any:
        for one in reversed(self.all):
            if value is None or value == "":
                return value
            if one.back is None:
                raise Unfit("cannot be read back")
            value = one.back(value, ours)
        return value


def steps(transform: str) -> Steps:
    names = transform.split()
    return Steps(
        tuple(TRANSFORMS[name] for name in names if name in TRANSFORMS),
        CUT in names, KEEP in names,
        tuple(name for name in names if name not in TRANSFORMS and name not in (CUT, KEEP)),
    )  # fmt: skip


def _of_text(change: Callable[[str], str]) -> Callable[[Any], Any]:
    def out(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [change(str(one)) for one in value]
        return change(in_words(value))

    return out


def _as_it_is(theirs: Any, ours: Any) -> Any:
    return theirs


def _title(text: str) -> str:
    return " ".join(word[:1].upper() + word[1:].lower() for word in text.split(" "))


def _dialled(text: str, region: str = _HOME) -> phone.Phone:
    try:
        return phone.parse(text, region)
    except (phone.PhoneRefused, ValueError):
        raise Unfit(f"takes a phone number, not {text[:60]!r}") from None


def _e164(value: Any) -> str:
    return _dialled(str(value)).e164


def _from_phone(theirs: Any, ours: Any) -> str:
    """Read a number of the country that ours is of."""
    return _dialled(str(theirs), _region(str(ours or ""))).e164


def _region(e164: str) -> str:
    try:
        return region_code_for_number(parse_number(e164)) or _HOME
    except NumberParseException:
        return _HOME


def _written(form: int) -> Callable[[Any], str]:
    def out(value: Any) -> str:
        return str(format_number(parse_number(_e164(value)), form))

    return out


def _country(find: Callable[[str], str]) -> Callable[[Any], str]:
    def out(value: Any) -> str:
        found = find(str(value))
        if not found:
            raise Unfit(f"takes a country, not {str(value)[:60]!r}")
        return found

    return out


_to_code, _to_name = _country(countries.code_of), _country(countries.name_of)


def _split(value: Any, separator: str) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return [part.strip() for part in str(value).split(separator) if part.strip()]


def _join(value: Any, separator: str) -> str:
    if isinstance(value, list | tuple):
        return separator.join(map(str, value))
    return str(value)


def _digits(text: str) -> str:
    return "".join(one for one in text if one in "0123456789")


def _word(at: int) -> Callable[[Any], str]:
    def out(value: Any) -> str:
        words: Sequence[str] = in_words(value).split()
        return words[at] if words else ""

    return out


_ALL = (
    Transform("lower", "lower case", "ADA becomes ada", _of_text(str.lower), _as_it_is, "text"),
    Transform("upper", "UPPER CASE", "ada becomes ADA", _of_text(str.upper), _as_it_is, "text"),
    Transform("title", "Capitals First", "ada lovelace becomes Ada Lovelace", _of_text(_title),
              _as_it_is, "text"),
    Transform("first_word", "first word", "Ada Lovelace becomes Ada", _word(0)),
    Transform("last_word", "last word", "Ada Lovelace becomes Lovelace", _word(-1)),
    Transform("digits", "digits only", "415-555 becomes 415555", _of_text(_digits)),
    Transform("e164", "phone as +14155550100", "and their number becomes such a one", _e164,
              _from_phone),
    Transform("national", "phone as (415) 555-0100", "and back to +14155550100",
              _written(PhoneNumberFormat.NATIONAL), _from_phone),
    Transform("international", "phone as +1 415-555-0100", "and back to +14155550100",
              _written(PhoneNumberFormat.INTERNATIONAL), _from_phone),
    Transform("country_code", "country as its code", "Germany becomes DE, and back", _to_code,
              lambda theirs, ours: _to_name(theirs)),
    Transform("country_name", "country as its name", "DE becomes Germany, and back", _to_name,
              lambda theirs, ours: _to_code(theirs)),
    Transform("yes_no", "Yes or No", "true becomes Yes, and back",
              lambda value: "Yes" if truth(value) else "No", lambda theirs, ours: truth(theirs)),
    Transform("day", "the day alone", "a moment becomes its day in UTC", day, _as_it_is, "date"),
    Transform("split", "list out of a text", "a, b becomes two values, and back",
              lambda value: _split(value, ","), lambda theirs, ours: _join(theirs, ", "),
              "options"),
    Transform("join", "text out of a list", "two values become a, b, and back",
              lambda value: _join(value, ", "), lambda theirs, ours: _split(theirs, ",")),
    Transform("join_semicolon", "text with semicolons", "two values become a;b, and back",
              lambda value: _join(value, ";"), lambda theirs, ours: _split(theirs, ";")),
)  # fmt: skip
TRANSFORMS = {one.name: one for one in _ALL}
