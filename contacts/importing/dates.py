"""Reads the dates that people write in lists."""

import re
from datetime import date

_ISO = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})(?:[T ].*)?")
_WRITTEN = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[T ].*)?")
# Where 3/4/2026 is the fourth of March: CLDR's short date of the region begins with the month.
MONTH_FIRST = frozenset({"AS", "CA", "FM", "GU", "MH", "MP", "PH", "PR", "PW", "US", "VI"})


def read_date(text: str, region: str) -> date | None:
    """Return the date that a cell says, None where it says none.

    2026-04-03 and 20260403 are clear; 4/3/2026 begins with the month where people write so, unless
    only the other order is a date. Dots and hyphens put the day first everywhere.
    """
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
        return _date(year, month, day)
    if not (found := _WRITTEN.fullmatch(text)):
        return None
    first, sign, second, year = int(found[1]), found[2], int(found[3]), int(found[4])
    if sign == "/" and region in MONTH_FIRST:
        return _date(year, first, second) or _date(year, second, first)
    return _date(year, second, first) or _date(year, first, second)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
