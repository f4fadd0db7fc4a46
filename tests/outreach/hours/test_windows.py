"""Nobody is reached outside the hours of wherever they may be, on any day of the year."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.hours import window
from outreach.hours.places import _anywhere_in_the_states
from outreach.hours.rules import Rule, Rules, rules
from outreach.hours.windows import HORIZON_DAYS, _of_one, _openings

US_ZONES = sorted({zone for _, zone in _anywhere_in_the_states()} | {
    "America/Boise", "America/Detroit", "America/Indiana/Indianapolis", "America/Juneau",
    "America/North_Dakota/Center", "America/Puerto_Rico", "Pacific/Guam", "Pacific/Pago_Pago",
})  # fmt: skip
ZONES = sorted(zone for zone in available_timezones() if "/" in zone and zone != "Etc/Unknown")
EIGHT, NINE = time(8), time(21)
# Both clock changes of 2026, with the days around them.
CHANGES = [date(2026, 3, 7), date(2026, 3, 8), date(2026, 10, 31), date(2026, 11, 1)]
MOMENTS = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2032, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def is_open(zone: str, at: datetime, region: str = "US") -> bool:
    spans = _openings(frozenset({(region, zone)}), at.date(), rules())
    return any(opens <= at < closes for opens, closes in spans)


def ticks(start: date, days: int, step: timedelta) -> list[datetime]:
    first = datetime.combine(start, time(), UTC)
    return [first + step * n for n in range(int(timedelta(days=days) / step))]


@pytest.mark.parametrize("zone", US_ZONES)
def test_every_hour_of_a_year_is_open_exactly_from_eight_to_nine(zone):
    local = ZoneInfo(zone)

    for at in ticks(date(2026, 1, 1), 365, timedelta(hours=1)):
        assert is_open(zone, at) == (EIGHT <= at.astimezone(local).time() < NINE), at


@pytest.mark.parametrize("zone", US_ZONES)
@pytest.mark.parametrize("day", CHANGES)
def test_around_the_clock_changes_every_minute_is_right(zone, day):
    local = ZoneInfo(zone)

    for at in ticks(day, 2, timedelta(minutes=1)):
        assert is_open(zone, at) == (EIGHT <= at.astimezone(local).time() < NINE), at


@given(
    st.sets(st.sampled_from(ZONES), min_size=1, max_size=4),
    MOMENTS,
    st.sampled_from(["US", "US-RI", "US-TX", "US-UT", "FR", "ES", "*"]),
)
def test_whatever_the_zones_it_opens_only_where_all_are_open(zones, at, region):
    places, told = frozenset((region, zone) for zone in zones), rules()
    spans = _openings(places, at.date(), told)

    for opens, closes in spans:
        for moment in (opens, closes - timedelta(microseconds=1), opens + (closes - opens) / 2):
            for zone in zones:
                local = moment.astimezone(ZoneInfo(zone))
                fits = told.of(region).spans(local.date())
                assert any(a <= local.time() < b for a, b in fits), (zone, moment)
    assert list(spans) == sorted(spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))


@given(
    st.sampled_from(["+12125550100", "+18085550100", "+14015550100", "+18005550100"]),
    MOMENTS,
)
def test_the_next_opening_is_near_and_is_the_first(phone, at):
    found = window(phone, at=at)

    assert not found.is_never
    assert found.is_open == (found.opens <= at)
    assert at < found.closes <= at + timedelta(days=5)
    assert window(phone, at=found.opens).is_open
    assert not window(phone, at=found.closes).is_open
    assert not window(phone, at=found.opens - timedelta(microseconds=1)).is_open


def rule(first: time, last: time) -> Rule:
    return Rule("X", (((first, last),),) * 7, "", ())


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 8), 22.0), (date(2026, 3, 9), 23.0), (date(2026, 11, 1), 24.0)],
)
def test_days_of_23_and_of_25_hours_are_as_long_as_they_are(day, hours):
    new_york = ZoneInfo("America/New_York")

    spans = list(_of_one(rule(time(0, 30), time(23, 30)), new_york, day))

    (own,) = [s for s in spans if s[0].astimezone(new_york).date() == day]
    assert (own[1] - own[0]) / timedelta(hours=1) == hours


@pytest.mark.parametrize(
    ("span", "opens", "closes"),
    [
        # 02:30 does not come on 8 March: it opens after the gap, and ends before it.
        ((time(2, 30), time(5)), "2026-03-08T07:30", "2026-03-08T09:00"),
        ((time(1), time(2, 30)), "2026-03-08T06:00", "2026-03-08T06:30"),
        # 01:30 comes twice on 1 November: it opens at the second, and ends at the first.
        ((time(1, 30), time(5)), "2026-11-01T06:30", "2026-11-01T10:00"),
        ((time(0), time(1, 30)), "2026-11-01T04:00", "2026-11-01T05:30"),
    ],
)
def test_a_time_that_comes_twice_or_never_is_read_strictly(span, opens, closes):
    day = date.fromisoformat(opens[:10])

    spans = list(_of_one(rule(*span), ZoneInfo("America/New_York"), day))

    assert tuple(f"{t:%Y-%m-%dT%H:%M}" for t in spans[1]) == (opens, closes)


def test_zones_that_share_no_hour_are_never_open():
    noon = rule(time(9), time(12))
    places = frozenset({("A", "Asia/Tokyo"), ("A", "America/New_York")})

    assert _openings(places, date(2026, 5, 1), Rules("test", {"*": noon})) == ()


@pytest.mark.parametrize("phone", ["+80012345678", "garbage", "", "+"])
def test_a_number_of_nowhere_is_never_reached(phone):
    at = datetime(2026, 5, 1, 12, tzinfo=UTC)

    found = window(phone, at=at)

    assert (found.is_open, found.is_never, found.zones) == (False, True, ())
    assert found.opens == found.closes == at + timedelta(days=HORIZON_DAYS)
    assert found.rule.startswith("nothing tells where the number is")


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no zone"):
        window("+12125550100", at=datetime(2026, 5, 1, 12))  # noqa: DTZ001 - that is the point


def test_the_window_is_told_with_its_rule():
    found = window("+13055550100", at=datetime(2026, 11, 23, 14, tzinfo=UTC))

    assert found.zones == ("America/New_York",)
    assert (found.opens.hour, found.closes.hour, found.is_open) == (13, 1, True)
    assert found.rule == f"US-FL: Fla. Stat. 501.616(6) (rules of {rules().version})"
