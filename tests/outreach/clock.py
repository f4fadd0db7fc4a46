"""Clocks of Python put back to the last hour in which it was day in all of the United States.

The servers' clocks go on as they are: what is due by ours is due by theirs.
"""

import os
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import time_machine

SETTING = "TESTS_CLOCK_OFFSET_S"
DAY = timedelta(days=1)


def _offset():
    """19:30 UTC of the last Wednesday that no rule keeps as a holiday.

    14:30 in New York and 9:30 in Honolulu, or an hour later.
    """
    if known := os.environ.get(SETTING):
        return timedelta(seconds=float(known))
    now = datetime.now(UTC)
    day = (now - DAY).replace(hour=19, minute=30, second=0, microsecond=0)
    while day.weekday() != 2 or _is_holiday(day.date()):
        day -= DAY
    return day - now


def _is_holiday(day):
    from outreach.hours.rules import holidays, rules

    return any(day in holidays(one.closed_on, day.year) for one in rules().by_region.values())


OFFSET = _offset()
AS_SETTING = {SETTING: str(OFFSET.total_seconds())}


@contextmanager
def shifted(offset):
    with time_machine.travel(datetime.now(UTC) + offset, tick=True) as traveller:
        yield traveller
