"""The rules as they stand in the file, holidays included, and a file of one's own."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from outreach.checks import hours_can_be_read
from outreach.hours import window
from outreach.hours.rules import _BROUGHT, RulesBroken, _holiday, easter, holidays, rules

US = rules().by_region["US-UT"].closed_on


def hours(region: str, day: date) -> str:
    return " ".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in rules().of(region).spans(day))


@pytest.mark.parametrize(
    ("region", "day", "open_"),
    [
        ("US", date(2026, 11, 26), "08:00-21:00"),  # federal law knows no holidays
        ("US-NY", date(2026, 11, 22), "08:00-21:00"),
        ("US-FL", date(2026, 11, 22), "08:00-20:00"),
        ("US-RI", date(2026, 11, 20), "09:00-18:00"),
        ("US-RI", date(2026, 11, 21), "10:00-17:00"),
        ("US-RI", date(2026, 11, 22), ""),
        ("US-RI", date(2026, 11, 26), ""),  # Thanksgiving
        ("US-TX", date(2026, 11, 22), "12:00-21:00"),
        ("US-LA", date(2026, 2, 17), ""),  # Mardi Gras
        ("US-LA", date(2026, 4, 3), ""),  # Good Friday
        ("US-AL", date(2027, 12, 31), ""),  # New Year's Day falls on a Saturday
        ("US-AL", date(2026, 7, 3), ""),  # so does 4 July
        ("FR", date(2026, 11, 23), "10:00-13:00 14:00-20:00"),
        ("FR", date(2026, 11, 21), ""),
        ("FR", date(2026, 5, 14), ""),  # Ascension
        ("JP", date(2026, 11, 23), "09:00-20:00"),
    ],
)
def test_the_hours_of_a_day(region, day, open_):
    assert hours(region, day) == open_


def test_the_holidays_of_the_united_states_in_2026():
    days = sorted(holidays(US, 2026))

    assert [f"{day:%m-%d}" for day in days] == [
        "01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "07-04", "09-07", "10-12", "11-11",
        "11-26", "12-25",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "day", [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28)]
)
def test_easter(day):
    assert easter(day.year) == day


def test_every_rule_says_where_it_is_from():
    file = json.loads(_BROUGHT.read_text())

    for region, one in file["rules"].items():
        assert one["law"] and one["checked_on"] == file["version"], region
        assert one["evidence"] in ("text", "guide", "unsourced"), region
        assert ("source" in one) == (one["evidence"] != "unsourced"), region


@pytest.mark.parametrize("text", ["13-01", "mon-5-01", "easter+", "someday"])
def test_what_is_no_holiday_is_refused(text):
    with pytest.raises(ValueError):
        _holiday(text, 2026)


@pytest.fixture
def own(settings, tmp_path):
    def use(text: str) -> None:
        path = tmp_path / "hours.json"
        path.write_text(text)
        settings.HOURS_FILE = str(path)

    return use


def test_a_file_of_ones_own_takes_the_place_of_a_rule(own):
    own('{"version": "ours", "rules": {"US-NY": {"hours": {"mon-fri": "10:00-16:00"}}}}')

    found = window("+12125550100", at=datetime(2026, 11, 21, 15, tzinfo=UTC))

    assert (found.opens.isoformat(), found.closes.hour) == ("2026-11-23T15:00:00+00:00", 21)
    assert found.rule.endswith("with ours)")


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"rules": []}', '{"rules": {"US": {}}}',
     '{"rules": {"US": {"hours": {"mon": "9-5"}}}}',
     '{"rules": {"US": {"hours": {"mon": "20:00-08:00"}}}}',
     '{"rules": {"US": {"hours": {"someday": "08:00-20:00"}}}}',
     '{"rules": {"US": {"hours": {"mon": "08:00-20:00"}, "closed_on": "mars"}}}'],
)  # fmt: skip
def test_a_broken_file_is_told_and_nothing_is_guessed(own, text):
    own(text)

    with pytest.raises(RulesBroken):
        window("+12125550100", at=datetime(2026, 11, 21, 15, tzinfo=UTC))
    assert [found.id for found in hours_can_be_read(None)] == ["outreach.E001"]


def test_the_files_that_are_brought_are_sound():
    assert hours_can_be_read(None) == []
