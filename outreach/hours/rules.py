"""The rules of regions: between which hours, on which days; read from rules.json.

`SWITCHBOARD_HOURS_FILE` names a file of the same form, whose rules and holidays take the place of
those that the project brings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

Span = tuple[time, time]
ELSEWHERE = "*"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_BROUGHT = Path(__file__).with_name("rules.json")
_SATURDAY, _SUNDAY = 5, 6
_FIXED = re.compile(r"(\d\d)-(\d\d)")
_NTH = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)-([1-4]|last)-(\d\d)")
_EASTER = re.compile(r"easter([+-]\d{1,2})?")


class RulesBroken(ValueError):
    """The file with the hours can't be read; the message says where it is wrong."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`week` has the spans of each day from Monday, empty where it is closed."""

    region: str
    week: tuple[tuple[Span, ...], ...]
    law: str
    closed_on: tuple[str, ...]

    def spans(self, day: date) -> tuple[Span, ...]:
        """Return when it is open on a day, in local time."""
        return () if day in holidays(self.closed_on, day.year) else self.week[day.weekday()]


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    version: str
    by_region: Mapping[str, Rule]

    def of(self, region: str) -> Rule:
        """Return the rule of "US-FL", else of "US", else of everywhere else."""
        for name in (region, region.partition("-")[0]):
            if name in self.by_region:
                return self.by_region[name]
        return self.by_region[ELSEWHERE]


def rules() -> Rules:
    """Return the rules in force. Raises RulesBroken."""
    return _read(str(settings.HOURS_FILE))


@cache
def _read(own: str) -> Rules:
    brought = json.loads(_BROUGHT.read_text(encoding="utf-8"))
    version, told, closed = brought["version"], brought["rules"], brought["holidays"]
    if own:
        more = _read_own(Path(own))
        told = told | more.get("rules", {})
        closed = closed | more.get("holidays", {})
        version = f"{version} with {more.get('version', Path(own).name)}"
    return Rules(str(version), {region: _rule(region, one, closed) for region, one in told.items()})


def _read_own(path: Path) -> dict[str, Any]:
    try:
        more = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RulesBroken(f"{path}: {error}") from error
    if not isinstance(more, dict) or not isinstance(more.get("rules", {}), dict):
        raise RulesBroken(f"{path}: an object with “rules” is expected")
    return more


def _rule(region: str, told: Mapping[str, Any], closed: Mapping[str, str]) -> Rule:
    week: list[tuple[Span, ...]] = [()] * 7
    try:
        for days, hours in told["hours"].items():
            first, _, last = days.partition("-")
            for at in range(DAYS.index(first), DAYS.index(last or first) + 1):
                week[at] = tuple(_span(span) for span in hours.split())
        named = told.get("closed_on", "")
        closed_on = tuple(closed[named].split()) if named else ()
        for one in closed_on:
            _holiday(one, 2026)
        return Rule(region, tuple(week), str(told.get("law", "")), closed_on)
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise RulesBroken(f"the hours of {region!r} can't be read: {error}") from error


def _span(text: str) -> Span:
    opens, closes = (time.fromisoformat(part) for part in text.split("-"))
    if not opens < closes:
        raise ValueError(f"{text} ends before it begins")
    return opens, closes


@cache
def holidays(named: tuple[str, ...], year: int) -> frozenset[date]:
    """Return the days of a year on which these are kept, also those of the years beside it."""
    days: set[date] = set()
    for of in (year - 1, year, year + 1):
        for one in named:
            day = _holiday(one, of)
            days |= {day, _kept_on(day)}
    return frozenset(day for day in days if day.year == year)


def _kept_on(day: date) -> date:
    """Friday for a Saturday, Monday for a Sunday, as 5 U.S.C. 6103(b) has it."""
    shift = {_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0)
    return day + timedelta(days=shift)


def _holiday(text: str, year: int) -> date:
    if found := _FIXED.fullmatch(text):
        return date(year, int(found[1]), int(found[2]))
    if found := _EASTER.fullmatch(text):
        return easter(year) + timedelta(days=int(found[1] or 0))
    if found := _NTH.fullmatch(text):
        first = date(year, int(found[3]), 1)
        day = first + timedelta(days=(DAYS.index(found[1]) - first.weekday()) % 7)
        if found[2] != "last":
            return day + timedelta(weeks=int(found[2]) - 1)
        fifth = day + timedelta(weeks=4)
        return fifth if fifth.month == day.month else fifth - timedelta(weeks=1)
    raise ValueError(f"{text!r} is no holiday")


def easter(year: int) -> date:
    """Return Easter Sunday of a year by Meeus, Astronomical Algorithms, chapter 8."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)
