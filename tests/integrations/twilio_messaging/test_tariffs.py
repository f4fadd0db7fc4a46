"""Which act a message or a call is, by its number."""

from __future__ import annotations

import pytest

from integrations.providers.twilio_messaging import act_for


@pytest.mark.parametrize(
    ("phone", "where"),
    [
        ("+14155550100", "near"),
        ("+16045550100", "near"),
        ("+15005550006", "near"),
        ("+18885550100", "near"),
        ("+18765550100", "far"),
        ("+18095550100", "far"),
        ("+17875550100", "far"),
        ("+442079460000", "europe"),
        ("+4930901820", "europe"),
        ("+819012345678", "far"),
        ("+9", "far"),
        ("", "far"),
    ],
)
def test_the_price_follows_the_country_and_not_the_country_code(phone: str, where: str):
    assert act_for("sms", phone).slug == f"twilio_messaging.sms_{where}"
    assert act_for("call", phone).slug == f"twilio_messaging.call_{where}"
