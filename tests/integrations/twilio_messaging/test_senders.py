"""Who sends, and where statuses go."""

from __future__ import annotations

from collections import Counter

import pytest

from integrations.errors import SenderUnfit
from integrations.providers.twilio_messaging import callback_to, sender_for, voice_for
from integrations.providers.twilio_messaging.senders import with_ticket

POOL = {"from_numbers": "+15005550006, +15005550005;+15005550010\n+15005550006"}


def test_everybody_always_hears_from_the_same_number_and_all_numbers_are_used():
    phones = [f"+1415555{n:04}" for n in range(100, 200)]

    first = [sender_for(POOL, phone) for phone in phones]

    assert first == [sender_for(POOL, phone) for phone in phones]
    counts = Counter(first)
    assert set(counts) == {"+15005550006", "+15005550005", "+15005550010"}
    assert min(counts.values()) >= 20


def test_a_messaging_service_goes_before_the_numbers():
    service = "MG" + "a" * 32
    assert sender_for({**POOL, "messaging_service_sid": f" {service} "}, "+14155550100") == service


def test_the_number_for_calls_is_its_own_else_the_first():
    assert voice_for({**POOL, "voice_number": "+15005550012"}) == "+15005550012"
    assert voice_for(POOL) == "+15005550006"


@pytest.mark.parametrize("options", [{}, {"voice_number": "12345"}, {"from_numbers": "Acme"}])
def test_what_can_not_call_is_said(options: dict[str, str]):
    with pytest.raises(SenderUnfit):
        voice_for(options)


@pytest.mark.parametrize(
    ("url", "ticket", "wanted"),
    [
        ("https://us.test/x", "7", "https://us.test/x?m=7"),
        ("https://us.test/x?a=1", "7", "https://us.test/x?a=1&m=7"),
        ("https://us.test/x?m=6", "7", "https://us.test/x?m=6"),
        ("https://us.test/x?form=6", "a b&c", "https://us.test/x?form=6&m=a+b%26c"),
        ("https://us.test/x", "", "https://us.test/x"),
        ("http://127.0.0.1:8000/x", "7", "http://127.0.0.1:8000/x?m=7"),
        ("http://localhost/x", "7", "http://localhost/x?m=7"),
        ("http://[::1]:80/x", "7", "http://[::1]:80/x?m=7"),
    ],
)
def test_a_callback_carries_the_ticket_once(url: str, ticket: str, wanted: str):
    assert with_ticket(url, ticket) == wanted


def test_without_an_address_of_ours_there_is_no_callback():
    assert callback_to("", "amd", "7") == ""
    assert callback_to("https://us.test/", "amd", "7") == "https://us.test/webhooks/twilio/amd?m=7"
