"""“Test this connection”: whether who is to send can, and what exactly is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.errors import CredentialRejected, SenderUnfit
from integrations.providers.twilio_messaging.readiness import ask_for_senders
from tests.integrations.twilio_messaging.asking import Played

MG = "MG" + "a" * 28


def said(**options: Any) -> str:
    return str(Played().ask(ask_for_senders, **{"from_numbers": "", **options}))


def test_all_that_is_ready_is_named():
    found = said(
        messaging_service_sid=MG + "0000", from_numbers="+15005550006 +18885550100",
        voice_number="+15005550010",
    )  # fmt: skip

    assert found == (
        "Twilio knows the account. The Messaging Service Newsletter has 1 senders."
        " +15005550006 can send SMS. +18885550100 can send SMS. +15005550010 is a verified caller."
    )


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({}, "names no Messaging Service and no number"),
        ({"messaging_service_sid": "MGx"}, "not MG and 32 hexadecimal digits"),
        ({"messaging_service_sid": MG + "0404"}, "no Messaging Service of this SID"),
        ({"messaging_service_sid": MG + "0704"}, "Newsletter has no sender"),
        ({"messaging_service_sid": MG + "0034"}, "A2P 10DLC"),
        ({"from_numbers": "+15005550007"}, r"\+15005550007 is no number of this account"),
        ({"from_numbers": "Acme"}, "Acme is no number of this account"),
        ({"from_numbers": "+15005550011"}, r"\+15005550011 can't send SMS"),
        ({"from_numbers": "+18885550101"}, r"not verified \(pending review\)"),
        ({"from_numbers": "+18885550102"}, r"not verified \(was never asked for\)"),
        ({"voice_number": "+15005550012"}, r"\+15005550012 can't call"),
        ({"voice_number": "+15005550001"}, "not verified as a caller"),
    ],
)
def test_what_is_wrong_is_said_exactly(options: dict[str, str], wrong: str):
    with pytest.raises(SenderUnfit, match=wrong):
        said(**options)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(SenderUnfit, match=r"0007 is no number.*0011 can't send.*0012 can't call"):
        said(from_numbers="+15005550007,+15005550011", voice_number="+15005550012")


def test_a_trial_account_says_so():
    assert "trial account" in said(sid="AC" + "5" * 28 + "0608", from_numbers="+15005550006")


@pytest.mark.parametrize(("end", "words"), [("0405", "suspended"), ("0402", "20005")])
def test_a_suspended_account_is_refused(end: str, words: str):
    with pytest.raises(CredentialRejected, match=words):
        said(sid="AC" + "5" * 28 + end, from_numbers="+15005550006")
