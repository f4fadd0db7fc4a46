"""docs/sandbox.md and the sandbox's magic numbers say the same."""

from __future__ import annotations

import re
from pathlib import Path

from integrations.sandbox.twilio_messaging.magic import (
    CALLS,
    FAULTS,
    MESSAGES,
    ODD,
    REFUSED_CALLER,
    REFUSED_FROM,
    REFUSED_TO,
)

PAGE = (Path(__file__).parents[3] / "docs/sandbox.md").read_text()
PART = PAGE.partition("## Messages and calls")[2].partition("\n## ")[0]
ROWS = {row[0]: row[1:] for row in re.findall(r"^\| (\+\d+) \| (.*?) \| ?(.*?) ?\|$", PART, re.M)}


def test_every_magic_recipient_has_its_row():
    assert set(ROWS) - {"+15005550006"} - {*REFUSED_FROM} == {
        *REFUSED_TO, *FAULTS, *ODD, *MESSAGES, *CALLS,
    } - {*REFUSED_FROM}  # fmt: skip


def test_a_row_says_what_becomes_of_message_and_call():
    for number, fate in MESSAGES.items():
        assert ROWS[number][0] == fate.about
    for number, fate in CALLS.items():
        assert ROWS[number][1] == fate.about
    for number, (status, code) in REFUSED_TO.items():
        assert ROWS[number][0] == f"{status}, error {code}"


def test_every_magic_sender_is_named():
    assert {*REFUSED_FROM, *REFUSED_CALLER} <= set(re.findall(r"\+1\d{10}", PART))
