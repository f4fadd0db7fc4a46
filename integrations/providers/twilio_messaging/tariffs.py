"""What messages and calls cost, by where they go; every figure is edited in the account.

The figures are our guess (November 2026), carriers' fees included, rather too high than too low.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import phonenumbers

from integrations.acts import Act
from integrations.provider.terms import usd

Kind = Literal["sms", "call"]
SLUG = "twilio_messaging"
# By ISO 3166-1 alpha-2; +1 has two dozen countries more, most of them dear.
NEAR = frozenset({"US", "CA"})
EUROPE = frozenset({
    "AD", "AL", "AT", "BA", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR",
    "GB", "GG", "GI", "GR", "HR", "HU", "IE", "IM", "IS", "IT", "JE", "LI", "LT", "LU", "LV",
    "MC", "MD", "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM",
    "UA", "VA", "XK",
})  # fmt: skip


def _sms(name: str, where: str, price: str) -> Act:
    return Act(SLUG, name, f"SMS {where}", usd(price), "segment")


def _call(name: str, where: str, price: str) -> Act:
    note = "Every minute begun; a call that nobody answers costs nothing."
    return Act(SLUG, name, f"Call {where}", usd(price), "minute", note=note, paced_by="calls_per_s")


TARIFFS = (
    _sms("sms_near", "to the United States and Canada", "0.012"),
    _sms("sms_europe", "to Europe", "0.09"),
    _sms("sms_far", "to other countries", "0.15"),
    _call("call_near", "to the United States and Canada", "0.014"),
    _call("call_europe", "to Europe", "0.1"),
    _call("call_far", "to other countries", "0.3"),
)
MACHINE_DETECTION = Act(
    SLUG, "machine_detection", "Detection of answering machines", usd("0.0075"), "call"
)
_BY_NAME = {act.name: act for act in TARIFFS}


def act_for(kind: Kind, phone: str) -> Act:
    """Return the act of sending an SMS or of calling to this number (E.164)."""
    return _BY_NAME[f"{kind}_{_group(phone)}"]


@lru_cache(maxsize=4096)
def _group(phone: str) -> str:
    try:
        country = phonenumbers.region_code_for_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        country = None
    if country is None and phone.startswith("+1"):
        country = "US"  # also of numbers that are not given out, such as those for examples
    return "near" if country in NEAR else "europe" if country in EUROPE else "far"
