"""What the gate says of one recipient, by each of its checks."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from outreach.gate import Agreed, Barred, Hours, Limits, Room, Subject, decide

NOW = datetime(2026, 11, 18, 17, tzinfo=UTC)
OPEN = Hours(("America/New_York",), NOW - timedelta(hours=4), NOW + timedelta(hours=9), True)
GOOD = Subject(
    "sms", "+12125550100", line_type="mobile", agreed=[Agreed("form", date(2026, 1, 5))], hours=OPEN
)
LATER = Hours(("America/New_York",), NOW + timedelta(hours=3), NOW + timedelta(hours=9), False)


def test_lets_through_what_nothing_speaks_against():
    found = decide(GOOD, Limits(), (), now=NOW)

    assert found.allowed
    assert found.because is None
    assert {check.verdict for check in found.checks} == {"yes"}


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"agreed": ()}, "consent"),
        ({"agreed": [Agreed("form", date(2026, 11, 19))]}, "consent"),
        ({"agreed": [Agreed("form", date(2026, 1, 5), "voice")]}, "consent"),
        ({"barred": [Barred("stop")]}, "do_not_contact"),
        ({"barred": [Barred("list", "sms")]}, "do_not_contact"),
        ({"reassigned": "yes", "reassigned_checked_on": date(2026, 2, 1)}, "reassigned"),
        ({"reassigned": "yes"}, "reassigned"),
        ({"line_type": "landline"}, "line_type"),
        ({"risk_score": 90}, "risk"),
        ({"is_risk_blocked": True}, "risk"),
        ({"is_valid": False}, "number"),
        ({"is_there": False}, "contact"),
        ({"hours": None}, "hours"),
        ({"hours": replace(LATER, is_never=True)}, "hours"),
    ],
)
def test_refuses_for_good(changed, name):
    found = decide(replace(GOOD, **changed), Limits(most_risk=75), (), now=NOW)

    assert (found.verdict, found.because.name, found.due_at) == ("no", name, None)


@pytest.mark.parametrize(
    "changed",
    [
        {"barred": [Barred("own", "voice")]},
        {"reassigned": "no"},
        {"reassigned": "yes", "reassigned_checked_on": date(2025, 12, 1)},
        {"line_type": "", "risk_score": 75},
    ],
)
def test_lets_through_what_only_looks_bad(changed):
    assert decide(replace(GOOD, **changed), Limits(most_risk=75), (), now=NOW).allowed


def test_a_landline_can_be_called():
    subject = replace(GOOD, channel="voice", line_type="landline")

    assert decide(subject, Limits(), (), now=NOW).allowed


def test_unknown_lines_get_texts_only_where_the_office_says_so():
    subject = replace(GOOD, line_type="unknown")

    found = decide(subject, Limits(allows_unknown_line=False), (), now=NOW)

    assert (found.verdict, found.because.name) == ("no", "line_type")


def test_waits_for_the_hours_there():
    found = decide(replace(GOOD, hours=LATER), Limits(), (), now=NOW)

    assert (found.verdict, found.due_at) == ("later", LATER.opens)


def test_twilio_gives_up_before_the_window_closes():
    closing = replace(OPEN, closes=NOW + timedelta(minutes=10))

    assert decide(replace(GOOD, hours=closing), Limits(), (), now=NOW).valid_s == 595


def test_does_not_begin_in_a_windows_last_minute():
    closing = replace(OPEN, closes=NOW + timedelta(seconds=64))

    found = decide(replace(GOOD, hours=closing), Limits(), (), now=NOW)

    assert found.verdict == "later"
    assert found.due_at == closing.closes + timedelta(minutes=1)


def test_keeps_to_the_campaigns_own_hours_there():
    found = decide(GOOD, Limits(opens=time(14)), (), now=NOW)  # it is noon there

    assert (found.verdict, found.due_at) == ("later", datetime(2026, 11, 18, 19, tzinfo=UTC))


def test_refuses_what_would_go_after_the_campaigns_last_day():
    found = decide(replace(GOOD, hours=LATER), Limits(ends_on=date(2026, 11, 17)), (), now=NOW)

    assert (found.verdict, found.because.name) == ("no", "hours")


def test_waits_until_the_number_had_a_rest():
    lately = [NOW - timedelta(days=6), NOW - timedelta(days=1)]

    found = decide(replace(GOOD, had_lately=lately), Limits(often_count=2), (), now=NOW)

    assert (found.verdict, found.due_at) == ("later", NOW + timedelta(days=1))


def test_waits_for_room_under_every_cap():
    full = Room("office_hour", 0, 10, NOW + timedelta(minutes=7))

    found = decide(GOOD, Limits(), [Room("campaign_day", 1, 5, NOW), full], now=NOW)

    assert (found.verdict, found.because.name, found.due_at) == (
        "later", "office_hour", full.again_at,
    )  # fmt: skip


def test_what_is_refused_for_good_does_not_wait():
    full = Room("office_hour", 0, 10, NOW + timedelta(minutes=7))

    found = decide(replace(GOOD, agreed=(), hours=LATER), Limits(), [full], now=NOW)

    assert (found.verdict, found.because.name, found.due_at) == ("no", "consent", None)


def test_an_answer_to_help_goes_at_any_hour_but_not_after_a_stop():
    asked = replace(GOOD, is_reply=True, agreed=(), hours=None)

    assert decide(asked, Limits(), (), now=NOW).allowed
    assert not decide(replace(asked, barred=[Barred("stop")]), Limits(), (), now=NOW).allowed
