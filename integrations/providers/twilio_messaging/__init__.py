"""Twilio Messaging and Voice: text messages and calls, sent once, found again, and ended.

What is done and charged are acts (tariffs.py). None of them is repeated where it may have happened:
Twilio takes no key by which it would know a repetition. Whose answer was lost is found by
`list_messages` and `list_calls`.
"""

from __future__ import annotations

from integrations.auth import basic
from integrations.provider import SECOND, Provider, Rate, Secret, Switch
from integrations.providers.twilio_messaging.calls import (
    Phonecall,
    fetch_call,
    hang_up,
    list_calls,
    place_call,
    say_instead,
)
from integrations.providers.twilio_messaging.errors import Reason, classify, reason
from integrations.providers.twilio_messaging.messages import (
    Sms,
    fetch_message,
    list_messages,
    send_sms,
)
from integrations.providers.twilio_messaging.readiness import ask_for_senders
from integrations.providers.twilio_messaging.senders import (
    E164,
    SERVICE,
    SHORT_OR_NAME,
    callback_to,
    sender_for,
    voice_for,
)
from integrations.providers.twilio_messaging.sent import Sent
from integrations.providers.twilio_messaging.tariffs import MACHINE_DETECTION, TARIFFS, act_for
from integrations.providers.twilio_messaging.twiml import Hangup, Key, Part, Pause, Play, Say, twiml

# Twilio's own number that always sends in tests.
SANDBOX_NUMBER = "+15005550006"
SENDER = rf"(?:{E164.pattern}|{SHORT_OR_NAME.pattern})"

TWILIO_MESSAGING = Provider(
    slug="twilio_messaging",
    label="Twilio Messaging",
    docs="https://www.twilio.com/docs/messaging/api/message-resource",
    base_url="https://api.twilio.com",
    hosts={"messaging": "https://messaging.twilio.com"},
    auth=basic("account_sid", "auth_token"),
    secrets=(
        Secret(
            "account_sid",
            "Account SID",
            "TWILIO_ACCOUNT_SID",
            pattern=r"AC[0-9a-fA-F]{32}",
            hint="AC and 32 hexadecimal digits; the same as Twilio Lookup's",
        ),
        Secret(
            "auth_token",
            "Auth Token",
            "TWILIO_AUTH_TOKEN",
            pattern=r"[0-9a-fA-F]{32}",
            hint="32 hexadecimal digits, below the Account SID",
            signs=True,
        ),
    ),
    # Ours. Twilio queues what a sender can't carry at once, for ten hours at the most.
    rate=Rate(100, per=SECOND),
    max_in_flight=80,
    timeout_s=20.0,
    classify=classify,
    error_docs="https://www.twilio.com/docs/api/errors/{code}",
    switches=(
        Switch(
            "messaging_service_sid",
            "Messaging Service SID",
            "",
            hint="MG and 32 hexadecimal digits; it then chooses the sender of text messages",
            pattern=SERVICE.pattern,
        ),
        Switch(
            "from_numbers",
            "Numbers for text messages",
            "",
            hint="With + and country code, separated by commas. Used without a Messaging Service;"
            " everybody always hears from the same one",
            sandbox=SANDBOX_NUMBER,
            pattern=rf"{SENDER}(?:[\s,;]+{SENDER})*",
        ),
        Switch(
            "voice_number",
            "Number for calls",
            "",
            hint="With + and country code; empty: the first number for text messages",
            pattern=E164.pattern,
        ),
        Switch(
            "public_url",
            "Public address for callbacks",
            "",
            hint="https address of this Switchboard; empty: SWITCHBOARD_URL. Without any, statuses"
            " are fetched",
            pattern=r"https://[^\s/?#]+(?:/[^\s?#]*)?",
        ),
        Switch(
            "calls_per_s",
            "Phone calls a second",
            1,
            hint="As many as Twilio starts for you; more would wait there, perhaps too long",
        ),
        Switch(
            "smart_encoded",
            "Replace look-alike characters",
            True,
            hint="Typographic quotes and the like, so that a message needs fewer segments",
        ),
        Switch(
            "risk_check",
            "Twilio's check for SMS pumping",
            True,
            hint="Twilio refuses messages that look like fraud (30450); part of their SMS Pumping"
            " Protection",
        ),
        Switch("records_calls", "Record calls", False, hint="Only where the law allows it"),
    ),
    notice="With real secrets this writes to people and calls them: they have to have agreed.",
)

for _act in (*TARIFFS, MACHINE_DETECTION):
    TWILIO_MESSAGING.add_act(_act)
TWILIO_MESSAGING.tests(ask_for_senders)

__all__ = [
    "MACHINE_DETECTION",
    "SANDBOX_NUMBER",
    "TWILIO_MESSAGING",
    "Hangup",
    "Key",
    "Part",
    "Pause",
    "Phonecall",
    "Play",
    "Reason",
    "Say",
    "Sent",
    "Sms",
    "act_for",
    "callback_to",
    "fetch_call",
    "fetch_message",
    "hang_up",
    "list_calls",
    "list_messages",
    "place_call",
    "reason",
    "say_instead",
    "send_sms",
    "sender_for",
    "twiml",
    "voice_for",
]
