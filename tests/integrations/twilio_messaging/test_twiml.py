"""What a call says, as Twilio reads it."""

from __future__ import annotations

import pytest

from integrations.errors import QuestionRejected
from integrations.providers.twilio_messaging import Hangup, Key, Pause, Play, Say, twiml

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def test_parts_become_verbs_in_their_order():
    said = twiml(
        Say("Bonjour & <merci>", "fr-FR", "Polly.Lea"),
        Pause(2),
        Key("https://us.test/k?m=7&x=1", (Say("Press 1 to hear no more of us."), Pause()), 7),
        Play("https://us.test/voicemail.mp3"),
        Hangup(),
    )

    assert said == (
        HEAD + '<Response><Say language="fr-FR" voice="Polly.Lea">Bonjour &amp; &lt;merci&gt;</Say>'
        '<Pause length="2" />'
        '<Gather action="https://us.test/k?m=7&amp;x=1" input="dtmf" method="POST" numDigits="1"'
        ' timeout="7"><Say language="en-US">Press 1 to hear no more of us.</Say>'
        '<Pause length="1" /></Gather>'
        "<Play>https://us.test/voicemail.mp3</Play><Hangup /></Response>"
    )


def test_what_xml_has_no_place_for_is_left_out():
    assert twiml(Say("a\x00\x08b\ud800c\ufffe\U0001f600")) == (
        f'{HEAD}<Response><Say language="en-US">abc\U0001f600</Say></Response>'
    )


@pytest.mark.parametrize(
    "part",
    [
        Say(" "), Say("\x00"), Play("file:///etc/passwd"), Play("voicemail.mp3"),
        Play("https://us.test/\x00"), Key("javascript:x"), Key("https://us.test/k", (Say(""),)),
    ],
)  # fmt: skip
def test_empty_words_and_odd_addresses_are_refused(part: Say | Play | Key):
    with pytest.raises(QuestionRejected):
        twiml(part)
