"""Whatever callbacks do, every message ends; and none goes outside the hours where it arrives."""

import random
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from outreach import hours, looking, statuses
from outreach.gate import Agreed, Hours, Limits, Subject, decide
from outreach.models import Message
from tests.outreach import lab

SENT = 200
# A number of each zone of the states, and where it is.
NUMBERS = {
    "+12125550100": ("NY", "America/New_York"),
    "+13055550100": ("FL", "America/New_York"),
    "+13125550100": ("IL", "America/Chicago"),
    "+13035550100": ("CO", "America/Denver"),
    "+16025550100": ("AZ", "America/Phoenix"),
    "+12065550100": ("WA", "America/Los_Angeles"),
    "+19075550100": ("AK", "America/Anchorage"),
    "+18085550100": ("HI", "Pacific/Honolulu"),
    "+17875550100": ("PR", "America/Puerto_Rico"),
    "+16715550100": ("GU", "Pacific/Guam"),
}
CLOCK_CHANGES = (date(2026, 3, 7), date(2026, 10, 31))


def test_all_end_although_a_fifth_of_the_callbacks_is_dropped(runtime, sandbox, settings):
    settings.OUTREACH_POLL_S = 0
    for number in lab.numbers(SENT):
        lab.contact(number)
    lab.approved()
    while runtime.work(10):
        pass
    dropped = random.Random(7)

    for sid in Message.objects.values_list("sid", flat=True):
        if dropped.random() >= 0.2:
            statuses.status_arrived({"MessageSid": sid, "MessageStatus": "delivered"})
    missing = Message.objects.exclude(remote_status="delivered").count()
    time.sleep(0.5)
    looking.work(runtime, 10)

    assert SENT * 0.1 < missing < SENT * 0.3
    ends = Message.objects.values_list("state", "remote_status", "look_at")
    assert Counter(ends) == {("sent", "delivered", None): SENT}
    assert lab.told(sandbox)["messages"]["made"] == SENT


@pytest.mark.parametrize("first", CLOCK_CHANGES)
@pytest.mark.parametrize("number", NUMBERS)
def test_nothing_goes_outside_the_hours_there_around_the_clock_changes(number, first):
    state, zone = NUMBERS[number]
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    allowed = 0

    for at in (start + timedelta(minutes=5 * n) for n in range(3 * 288)):
        found = hours.window(number, country="US", state=state, at=at)
        open_ = Hours(found.zones, found.opens, found.closes, found.is_open, found.rule)
        agreed = [Agreed("form", date(2026, 1, 5))]
        subject = Subject("sms", number, line_type="mobile", agreed=agreed, hours=open_)
        decision = decide(subject, Limits(), (), now=at)
        if decision.allowed:
            allowed += 1
            there = at.astimezone(ZoneInfo(zone))
            ends = (at + timedelta(seconds=decision.valid_s)).astimezone(ZoneInfo(zone))
            assert there.hour >= 8 and there.date() == ends.date(), at
            assert ends.hour < 21 or (ends.hour, ends.minute, ends.second) == (21, 0, 0), at

    assert allowed > 100
