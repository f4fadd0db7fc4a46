"""Pricing: what a message costs, by where it goes and the prices of the account."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from django.conf import settings

from integrations.accounts import Accounts
from integrations.acts import Act
from integrations.calls import AccountView
from integrations.providers.twilio_messaging import MACHINE_DETECTION, TWILIO_MESSAGING, act_for
from outreach.models import Channel

PROVIDER = TWILIO_MESSAGING.slug
WORDS_A_MINUTE = 150  # our guess of how fast a voice reads


@dataclass(frozen=True, slots=True)
class Prices:
    """The account's prices for a channel."""

    channel: str
    accounts: Accounts

    def of(self, phone: str, segments: int, text: str) -> Decimal:
        """Return what a message costs at the most; of a call, as long as its words take."""
        units = segments if self.channel == Channel.SMS else minutes(text)
        acts = acts_of(self.accounts, self.channel, phone, units)
        return sum((self.accounts.act_terms(act).price.usd * n for act, n in acts), Decimal(0))


def acts_of(
    accounts: Accounts, channel: str, phone: str, units: int
) -> tuple[tuple[Act, int], ...]:
    """Return what the provider does for a message of so many segments, or minutes, to a number.

    Who answers a call is found out where Twilio can tell us and the account has it switched on.
    """
    if channel == Channel.SMS:
        return ((act_for("sms", phone), units),)
    call = (act_for("call", phone), units)
    detects = accounts.act_terms(MACHINE_DETECTION).is_enabled
    if detects and (view := accounts.current(PROVIDER).view) and address_of(view):
        return (call, (MACHINE_DETECTION, 1))
    return (call,)


def address_of(view: AccountView) -> str:
    """Return where Twilio reaches us, "" where it cannot."""
    return str(view.options.get("public_url") or settings.SITE_URL or "")


def minutes(text: str) -> int:
    """Return how many minutes a call that says this may take, and is cut after."""
    return max(1, ceil(len(text.split()) / WORDS_A_MINUTE) + 1)
