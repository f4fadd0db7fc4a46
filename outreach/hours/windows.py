"""The next time at which somebody may be reached, wherever they may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from outreach.hours.places import Address, Place, places_of
from outreach.hours.rules import Rule, Rules, rules

# No rule closes for longer: Sundays and holidays that follow each other make four days.
HORIZON_DAYS = 14
_SHOWN = 4
Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens` until just before `closes` it is open in every zone and by every rule.

    Times are UTC. `is_never` where no hour suits all of them, or nothing tells where the number is:
    then it isn't open, and `opens` is when to ask again. `rule` says which rules and which version.
    """

    zones: tuple[str, ...]
    opens: datetime
    closes: datetime
    is_open: bool
    rule: str
    is_never: bool = False


def window(
    phone: str, *, country: str = "", state: str = "", postal_code: str = "", at: datetime
) -> Window:
    """Return the window that is open at a time, else the next one within HORIZON_DAYS.

    Raises ValueError for a time without a zone, RulesBroken for a file that can't be read.
    """
    if at.tzinfo is None:
        raise ValueError("the time has no zone")
    at, told = at.astimezone(UTC), rules()
    places = places_of(phone, Address(country, state, postal_code))
    zones = tuple(sorted({zone for _, zone in places}))
    words = _in_words(places, told)
    for opens, closes in _openings(places, at.date(), told):
        if closes > at:
            return Window(zones, opens, closes, opens <= at, words)
    later = at + timedelta(days=HORIZON_DAYS)
    return Window(zones, later, later, False, words, is_never=True)


@lru_cache(maxsize=4_096)
def _openings(places: frozenset[Place], day: date, told: Rules) -> tuple[Interval, ...]:
    """The times open to all places from a day of UTC on, in their order."""
    found: tuple[Interval, ...] | None = None
    for rule, zone in {(told.of(region), zone) for region, zone in places}:
        own = tuple(_of_one(rule, ZoneInfo(zone), day))
        found = own if found is None else tuple(_both(found, own))
    return found or ()


def _of_one(rule: Rule, zone: ZoneInfo, day: date) -> Iterator[Interval]:
    # A day of UTC begins on the day before in the west, and ends on the day after in the east.
    for ahead in range(-1, HORIZON_DAYS + 2):
        local = day + timedelta(days=ahead)
        for opens, closes in rule.spans(local):
            # Where clocks are changed at that very time, the later opening and the earlier end.
            interval = max(_readings(local, opens, zone)), min(_readings(local, closes, zone))
            if interval[0] < interval[1]:
                yield interval


def _readings(day: date, clock: time, zone: ZoneInfo) -> list[datetime]:
    """The instants that a clock's time may mean: two where clocks are changed, else the same."""
    local = datetime.combine(day, clock, zone)
    return [local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]


def _both(one: Iterable[Interval], other: Iterable[Interval]) -> Iterator[Interval]:
    """The times that lie in both; each is in order and without overlaps."""
    left, right = list(one), list(other)
    i = j = 0
    while i < len(left) and j < len(right):
        opens, closes = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if opens < closes:
            yield opens, closes
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1


def _in_words(places: Iterable[Place], told: Rules) -> str:
    """For the evidence kept with a message: regions, laws and the version of the rules."""
    laws = {f"{rule.region}: {rule.law}" for region, _ in places if (rule := told.of(region))}
    shown = sorted(laws)[:_SHOWN]
    more = f"; and {len(laws) - _SHOWN} more" if len(laws) > _SHOWN else ""
    return (
        f"{'; '.join(shown) or 'nothing tells where the number is'}{more} (rules of {told.version})"
    )
