"""Reads the places that a person types, pastes or uploads: US ZIPs and places in words."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field

from integrations.providers.own.postal import CODES, STATES_BY_PREFIX

MOST_PLACES = 10_000
NEAR_LIMIT = 100
_ZIP = re.compile(r"(\d{5})(?:-\d{4})?")
_DIGITS = re.compile(r"[\d\s.,-]+")
_SHOWN = 5
# A first line that says what stands below it.
_HEADINGS = frozenset((
    "zip", "zips", "zip code", "zip codes", "zipcode", "postal code", "postcode", "place", "places",
))  # fmt: skip


class PlacesRefused(ValueError):
    """What was typed can't be searched; `problems` say which lines, and what to do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(slots=True)
class Places:
    """Places as searches are asked about them, each once; `notices` say what was collapsed."""

    near: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def read_places(text: str) -> Places:
    """Return the places of a text, one a line; several ZIPs may share a line.

    Raises PlacesRefused for a ZIP that does not exist, a line that is no place, none at all, and
    more than 10,000.
    """
    found: dict[str, str] = {}
    bad: list[str] = []
    repeated: list[str] = []
    for line in _lines(text):
        try:
            near = read_place(line)
        except ValueError as why:
            bad.append(str(why))
            continue
        if near.casefold() in found:
            repeated.append(near)
        found.setdefault(near.casefold(), near)
    _refuse(bad, found)
    return Places(list(found.values()), _said_twice(repeated))


def _lines(text: str) -> list[str]:
    """Return the lines, a line of nothing but ZIPs taken apart; of a table its column of places."""
    plain = text.replace("\0", "").lstrip("\ufeff")
    if column := _column(plain):
        return column
    lines: list[str] = []
    for line in plain.splitlines():
        parts = re.split(r"[\s,;]+", line.strip())
        is_zips = len(parts) > 1 and all(_DIGITS.fullmatch(part) for part in parts if part)
        lines += parts if is_zips else [" ".join(line.strip().strip('"').split())]
    lines = [line for line in lines if line]
    return lines[1:] if lines and lines[0].casefold() in _HEADINGS else lines


def _column(text: str) -> list[str]:
    """Return the cells below the heading of ZIPs or places; none where there is no table."""
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    if delimiter not in first:
        return []
    try:
        header, *rows = csv.reader(text.strip().splitlines(), delimiter=delimiter)
    except csv.Error:
        return []
    headings = [" ".join(cell.casefold().split()) for cell in header]
    at = next((at for at, heading in enumerate(headings) if heading in _HEADINGS), None)
    if at is None:
        return []
    cells = (" ".join(row[at].split()) for row in rows if len(row) > at)
    return [cell for cell in cells if cell]


def read_place(line: str) -> str:
    """Return a ZIP as five digits, or a place in words. Raises ValueError, which says why."""
    if found := _ZIP.fullmatch(line):
        if found.group(1)[:3] not in STATES_BY_PREFIX:
            raise ValueError(f"There is no ZIP {line}.")
        return found.group(1)
    shown = line if len(line) <= 40 else f"{line[:40]}…"
    if _DIGITS.fullmatch(line):
        raise ValueError(f"“{shown}” is no ZIP: a ZIP has five digits.")
    if sum(char.isalpha() for char in line) < 2:
        raise ValueError(f"“{shown}” is no place: write a ZIP, or a town and its state.")
    if len(line) > NEAR_LIMIT:
        raise ValueError(f"“{shown}” is too long for a place: {NEAR_LIMIT} signs at the most.")
    state = line.rpartition(",")[2].strip().rstrip(".") if "," in line else ""
    if len(state) == 2 and state.lower() not in {*CODES, "us"}:
        raise ValueError(f"“{shown}”: there is no state {state}.")
    return line


def _refuse(bad: list[str], found: dict[str, str]) -> None:
    problems = bad[:_SHOWN]
    if len(bad) > _SHOWN:
        problems.append(f"{len(bad) - _SHOWN:,} more lines are no places either.")
    if not bad and not found:
        problems.append("Write at least one ZIP or place.")
    if len(found) > MOST_PLACES:
        problems.append(
            f"These are {len(found):,} places; one discovery takes {MOST_PLACES:,}. Split them."
        )
    if problems:
        raise PlacesRefused(problems)


def _said_twice(repeated: list[str]) -> list[str]:
    if not repeated:
        return []
    names = ", ".join(dict.fromkeys(repeated[:_SHOWN]))
    more = ", …" if len(repeated) > _SHOWN else ""
    lines = "1 line repeats another and is" if len(repeated) == 1 else (
        f"{len(repeated):,} lines repeat others and are"
    )  # fmt: skip
    return [f"{lines} searched once: {names}{more}."]
