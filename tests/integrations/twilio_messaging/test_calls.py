"""What is sent to Twilio for a call, and what may be done while it lasts."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine

from integrations.errors import CallError, NotFound, QuestionRejected, SenderUnfit
from integrations.providers.twilio_messaging import (
    Phonecall,
    Play,
    Say,
    fetch_call,
    hang_up,
    list_calls,
    place_call,
    say_instead,
    twiml,
)
from tests.integrations.twilio_messaging.asking import PHONE, Played

WORDS = twiml(Say("Hello"))
VOICEMAIL = twiml(Play("https://us.test/voicemail.mp3"))
CALL = Phonecall(PHONE, "", WORDS)
PUBLIC = {"public_url": "https://us.test"}


@pytest.fixture
def played() -> Played:
    return Played(status_step_ms=1000)


def form_of(played: Played) -> dict[str, list[str]]:
    return parse_qs(played.gate.sent[-1].content.decode())


def test_a_plain_call(played: Played):
    placed = played.ask(lambda api: place_call(api, CALL))

    assert form_of(played) == {
        "To": [PHONE], "From": ["+15005550006"], "Twiml": [WORDS], "Timeout": ["30"],
        "TimeLimit": ["120"],
    }  # fmt: skip
    assert (placed.status, placed.duration_s, placed.sid[:2]) == ("queued", None, "CA")


def test_a_call_with_everything(played: Played):
    call = replace(CALL, detects_machine=True, records=True, longest_s=60, rings_s=20, ticket="7")

    played.ask(lambda api: place_call(api, call), records_calls=True, **PUBLIC)

    assert form_of(played) == {
        "To": [PHONE], "From": ["+15005550006"], "Twiml": [WORDS], "Timeout": ["20"],
        "TimeLimit": ["60"],
        "StatusCallback": ["https://us.test/webhooks/twilio/voice-status?m=7"],
        "StatusCallbackMethod": ["POST"],
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "MachineDetection": ["DetectMessageEnd"],
        "AsyncAmd": ["true"],
        "AsyncAmdStatusCallback": ["https://us.test/webhooks/twilio/amd?m=7"],
        "AsyncAmdStatusCallbackMethod": ["POST"],
        "Record": ["true"],
    }  # fmt: skip


def test_nothing_is_recorded_unless_it_is_switched_on(played: Played):
    played.ask(lambda api: place_call(api, replace(CALL, records=True)))

    assert "Record" not in form_of(played)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"to": "911"}, QuestionRejected),
        ({"to": "sip:ada@us.test"}, QuestionRejected),
        ({"sender": "Acme"}, SenderUnfit),
        ({"twiml": " "}, QuestionRejected),
        ({"twiml": WORDS + " " * 4000}, QuestionRejected),
        ({"callback": "http://us.test/x"}, QuestionRejected),
        ({"detects_machine": True}, SenderUnfit),
    ],
)
def test_what_is_hopeless_is_refused_before_anybody_is_called(
    played: Played, changes: dict[str, Any], error: type[CallError]
):
    with pytest.raises(error):
        played.ask(lambda api: place_call(api, replace(CALL, **changes)))

    assert played.gate.sent == []


def test_a_call_goes_its_way_and_is_found(played: Played):
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False) as clock:
        placed = played.ask(lambda api: place_call(api, CALL))
        seen = []
        for second in (1, 2, 30):
            clock.move_to(now + timedelta(seconds=second + 0.1))
            seen.append(played.ask(lambda api: fetch_call(api, placed.sid)))
        listed = played.ask(lambda api: list_calls(api, PHONE, now))

    assert [one.status for one in seen] == ["ringing", "in-progress", "completed"]
    assert (seen[-1].duration_s, seen[-1].is_final, seen[0].is_final) == (12, True, False)
    assert listed == [seen[-1]]


def test_a_machine_hears_something_else_after_its_beep(played: Played):
    now = time.time()
    with time_machine.travel(now, tick=False) as clock:
        placed = played.ask(lambda api: place_call(api, CALL))
        clock.move_to(now + 3)

        played.ask(lambda api: say_instead(api, placed.sid, VOICEMAIL))

    assert played.twilio.told()["calls"]["twiml"][placed.sid] == [WORDS, VOICEMAIL]


@pytest.mark.parametrize(
    ("after_s", "wanted"), [(0.1, "canceled"), (3, "completed"), (60, "completed")]
)
def test_hanging_up_ends_a_call_whatever_it_does(played: Played, after_s: float, wanted: str):
    now = time.time()
    with time_machine.travel(now, tick=False) as clock:
        placed = played.ask(lambda api: place_call(api, CALL))
        clock.move_to(now + after_s)

        assert played.ask(lambda api: hang_up(api, placed.sid)).status == wanted
        assert played.ask(lambda api: hang_up(api, placed.sid)).status == wanted


def test_a_call_that_is_over_says_nothing_more():
    played = Played(status_step_ms=0)
    placed = played.ask(lambda api: place_call(api, CALL))

    with pytest.raises(QuestionRejected, match="the call is over"):
        played.ask(lambda api: say_instead(api, placed.sid, VOICEMAIL))

    assert played.twilio.told()["calls"]["twiml"][placed.sid] == [WORDS]


def test_a_call_that_twilio_does_not_know_is_not_found(played: Played):
    for asking in (fetch_call, hang_up):
        with pytest.raises(NotFound):
            played.ask(lambda api, asking=asking: asking(api, "CA" + "0" * 32))
    with pytest.raises(QuestionRejected):
        played.ask(lambda api: fetch_call(api, "CA/../x"))
