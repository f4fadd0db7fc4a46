"""What replies ask for: Twilio's words, and what else plainly says no."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.words import meaning_of_reply

TWILIOS = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")


@pytest.mark.parametrize("word", TWILIOS)
@pytest.mark.parametrize("written", ["{}", " {} \n", "{}.", "“{}!”", "🛑{}🛑"])
def test_twilios_words_stop(word, written):
    for spelt in (word, word.lower(), word.title()):
        assert meaning_of_reply(written.format(spelt)) == "stop"


@pytest.mark.parametrize(
    "text",
    [
        "Opt out", "opt-out", "S.T.O.P", "ＳＴＯＰ", "arrêt", "stop please", "Please stop.",
        "Stop texting me", "Please stop texting me now!", "I want you to stop", "stop stop STOP",
        "Not interested. STOP", "STOP\n\nI told you already", "Hi, unsubscribe",
        "don't text me", "Don’t call me again", "do not contact this number",
        "Take me off your list", "Please remove me from your list", "leave me alone",
        "No more texts", "opt me out", "Text STOP to stop",
    ],
)  # fmt: skip
def test_what_plainly_says_no_stops_too(text):
    assert meaning_of_reply(text) == "stop"


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "👍", "Don't stop", "When does it end?", "Please cancel my appointment",
        "the bus stop on Main St", "Stop by the office", "Can you stop in tomorrow", "STOP START",
        "yes please", "I started", "who is this", "helpful, thanks", "the end is near",
        "Liked “Acme: sale today. STOP to opt out”", "Reacted 👍 to “Reply STOP”",
        "call me", "text me back", "Remove the old invoice",
    ],
)  # fmt: skip
def test_what_may_mean_something_else_does_not(text):
    assert meaning_of_reply(text) == ""


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("START", "start"), ("yes", "start"), ("Unstop!", "start"), ("Help?", "help"),
     ("info", "help"), ("HELP ME", "")],
)  # fmt: skip
def test_start_and_help_are_single_words(text, meaning):
    assert meaning_of_reply(text) == meaning


@pytest.mark.parametrize(
    ("text", "opt_out_type", "meaning"),
    [
        ("genug", "STOP", "stop"),
        ("STOP", "START", "start"),
        ("yes", "HELP", "help"),
        ("STOP", "", "stop"),
        ("STOP", "SOMETHING NEW", "stop"),
    ],
)
def test_what_twilio_made_of_it_wins(text, opt_out_type, meaning):
    assert meaning_of_reply(text, opt_out_type) == meaning


@given(st.text(max_size=2000), st.text(max_size=10))
def test_no_reply_breaks_it(text, opt_out_type):
    assert meaning_of_reply(text, opt_out_type) in ("stop", "start", "help", "")
