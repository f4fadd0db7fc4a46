"""Reads and tidies addresses of the United States here, before anybody is paid to look at them.

The words of a line are told apart by usaddress (a small trained model, deterministic for its
version); what they are then called, and whether the ZIP can be, is by the tables in `postal`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import usaddress

from integrations.provider import Api, Fact, Question
from integrations.providers.own.postal import (
    CODES,
    DIRECTIONS,
    SUFFIXES,
    UNITS,
    state_code,
    zip_code,
)
from integrations.providers.own.refusing import refused

LONGEST = 255
HOME = frozenset({"", "us", "usa", "u.s.", "u.s.a.", "united states", "united states of america"})
# What belongs to the street's line, and by which table its words are shortened.
LINE: Mapping[str, Mapping[str, str]] = {
    "AddressNumberPrefix": {}, "AddressNumber": {}, "AddressNumberSuffix": {},
    "StreetNamePreModifier": {}, "StreetNamePreDirectional": DIRECTIONS,
    "StreetNamePreType": SUFFIXES, "StreetName": {}, "StreetNamePostType": SUFFIXES,
    "StreetNamePostDirectional": DIRECTIONS, "StreetNamePostModifier": {},
    "SubaddressType": UNITS, "SubaddressIdentifier": {}, "BuildingName": {},
    "OccupancyType": UNITS, "OccupancyIdentifier": {},
    "USPSBoxGroupType": {}, "USPSBoxGroupID": {}, "USPSBoxType": {}, "USPSBoxID": {},
}  # fmt: skip
# As they stand in a line, whatever was typed.
BOXES = {"po box": "PO Box", "p.o. box": "PO Box", "post office box": "PO Box", "pob": "PO Box"}
HOMES = frozenset({"Apt", "Trlr", "Ph"})
CAPITAL = frozenset({"AddressNumber", "AddressNumberSuffix", "OccupancyIdentifier"})


@dataclass(frozen=True, slots=True)
class Address:
    """An address as the mail writes it; what is not known is "".

    `line` is number, street and unit; `state` its two letters; `postal_code` a ZIP or ZIP+4;
    `kind` "po_box", "apartment" or "".
    """

    line: str
    city: str = ""
    state: str = ""
    postal_code: str = ""
    kind: str = ""


def read(
    text: str, *, city: str = "", state: str = "", postal_code: str = "", country: str = ""
) -> Address:
    """Return an address of the United States, tidied.

    `text` is a line or a whole address; what it does not say is taken from the other arguments.
    Raises QuestionRejected, whose message begins with the field: an address without a number or a
    street, a state that there is none of, a ZIP that there is none of or that lies elsewhere.
    """
    if country.strip().lower() not in HOME:
        raise refused("country", "only addresses of the United States are read here")
    parts, kind = _told_apart(text)
    is_box = kind == "PO Box" and any(c.isdigit() for c in parts.get("USPSBoxID", ""))
    if not is_box:
        _require_street(parts, kind)
    place, named = _place(parts)
    code = state_code(named)
    given = state_code(state)
    if code and given and code != given:
        raise refused("state", f"the line says {code}, the contact {given}")
    code = code or given
    line = " ".join(_tidied(parts))
    return Address(
        line=line[:LONGEST],
        city=_cased(place or " ".join(city.split())),
        state=code,
        postal_code=zip_code(parts.get("ZipCode") or postal_code, code),
        kind=_kind(parts, is_box=is_box),
    )


async def parse_address(api: Api, q: Question) -> list[Fact]:
    """Return the address at hand, tidied; nobody is asked, and nothing is paid.

    Tidied words are as sure as a careful reader can be without having been there (0.7); that the
    house exists is not said.
    """
    found = read(
        q.get("address_line"),
        city=q.get("city"),
        state=q.get("state"),
        postal_code=q.get("postal_code"),
        country=q.get("country"),
    )
    said = [
        ("address_line", found.line),
        ("city", found.city),
        ("state", found.state),
        ("postal_code", found.postal_code),
        ("address_type", found.kind),
    ]
    return [Fact(name, value, 0.7) for name, value in said if value]


def _told_apart(text: str) -> tuple[dict[str, str], str]:
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not words or len(words) > LONGEST:
        raise refused("address_line", "has to have between 1 and 255 characters")
    try:
        parts, kind = usaddress.tag(words)
    except usaddress.RepeatedLabelError:
        raise refused("address_line", "reads like more than one address") from None
    return dict(parts), kind


def _require_street(parts: Mapping[str, str], kind: str) -> None:
    if kind == "Intersection":
        raise refused("address_line", "is a crossing; a house number is missing")
    if not any(c.isdigit() for c in parts.get("AddressNumber", "")):
        raise refused("address_line", "has no house number")
    if not parts.get("StreetName"):
        raise refused("address_line", "has no street")


def _kind(parts: Mapping[str, str], *, is_box: bool) -> str:
    if is_box:
        return "" if "USPSBoxGroupType" in parts else "po_box"
    unit = parts.get("OccupancyType", "").strip(" .").lower()
    return "apartment" if UNITS.get(unit, unit.title()) in HOMES else ""


def _place(parts: Mapping[str, str]) -> tuple[str, str]:
    """Return city and state; a state that was read as the city's last words is set apart."""
    place, state = parts.get("PlaceName", "").strip(" ,"), parts.get("StateName", "")
    if state:
        return place, state
    words = place.split()
    for taken in (3, 2, 1):
        tail = " ".join(words[-taken:]).lower()
        if len(words) > taken and tail in CODES and len(tail) > 2:
            return " ".join(words[:-taken]), tail
    return place, ""


def _tidied(parts: Mapping[str, str]) -> Iterator[str]:
    for label, text in parts.items():
        table = LINE.get(label)
        if table is None:
            continue
        word = text.strip(" ,.")
        if label == "USPSBoxType":
            yield BOXES.get(" ".join(word.lower().split()), word.title())
        elif label in CAPITAL:
            yield word.replace("# ", "#").upper()
        elif _is_state(label, word, parts):
            yield _cased(word)
        else:
            yield table.get(word.replace(".", "").lower()) or _cased(word)


def _is_state(label: str, word: str, parts: Mapping[str, str]) -> bool:
    """Tell whether a direction is the first word of a state that the street is named after."""
    whole = f"{word} {parts.get('StreetName', '')}".lower()
    return label == "StreetNamePreDirectional" and whole in CODES


def _cased(text: str) -> str:
    """Return words in title case where they were all small or all capital, else as they are."""
    if not (text.islower() or text.isupper()):
        return text
    return " ".join(
        word.lower() if word[0].isdigit() and word[-1:].isalpha() and len(word) > 2
        else word.capitalize()
        for word in text.split()
    )  # fmt: skip
