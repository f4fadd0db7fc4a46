"""Whatever Twilio answers, a message is made, refused, or of unknown outcome; nothing crashes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.errors import (
    CallError,
    ContractBroken,
    CredentialRejected,
    OutcomeUnknown,
    Rejected,
    Throttled,
)
from integrations.providers.twilio_messaging import (
    TWILIO_MESSAGING,
    Sent,
    Sms,
    list_messages,
    reason,
    send_sms,
)
from integrations.providers.twilio_messaging.readiness import ask_for_senders
from tests.integrations.recording import RecordedGate, api_of
from tests.integrations.twilio_messaging.asking import MADE, PHONE

NAMES = st.sampled_from([*MADE, "code", "message", "messages", "next_page_uri", "type", "detail"])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([*(str(value) for value in MADE.values()), "-0.0083", "12", "21610"])
)
ANY = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=12,
)
# A message with some of its parts odd, which comes further than anything whatever.
ODD = st.dictionaries(st.sampled_from(list(MADE)), LEAVES, max_size=2).map(lambda d: {**MADE, **d})
BODIES = ANY | ODD
OPTIONS = {"options": {"from_numbers": "+15005550006", "messaging_service_sid": "MG" + "a" * 32}}


def outcome(status: int, body: object, asking: object) -> object:
    api = api_of(TWILIO_MESSAGING, OPTIONS, RecordedGate([{"status": status, "body": body}] * 50))
    try:
        return asyncio.run(asking(api))  # type: ignore[operator]
    except CallError as error:
        return error


@settings(max_examples=300, deadline=None)
@given(BODIES, st.sampled_from([200, 201, 202]))
def test_a_good_status_is_a_message_or_unknown(body: object, status: int):
    found = outcome(status, body, lambda api: send_sms(api, Sms(PHONE, "Hi")))

    assert isinstance(found, Sent | OutcomeUnknown)
    assert not isinstance(found, Sent) or found.sid.startswith(("SM", "MM"))


@settings(max_examples=200, deadline=None)
@given(BODIES, st.sampled_from([400, 401, 402, 403, 409, 415, 422, 429]))
def test_a_refusal_is_one_whatever_it_says(body: object, status: int):
    found = outcome(status, body, lambda api: send_sms(api, Sms(PHONE, "Hi")))

    assert isinstance(found, Rejected | Throttled) or type(found).__name__ == "NotFound"
    if status == 401 and not isinstance(body, dict):
        assert type(found) is CredentialRejected


@settings(max_examples=200, deadline=None)
@given(st.lists(BODIES, max_size=3), BODIES)
def test_a_list_is_one_or_breaks_the_contract(rows: list[object], after: object):
    body = {"messages": rows, "next_page_uri": after}
    since = datetime(2020, 1, 1, tzinfo=UTC)

    found = outcome(200, body, lambda api: list_messages(api, PHONE, since))

    assert isinstance(found, list | ContractBroken)


@settings(max_examples=200, deadline=None)
@given(BODIES)
def test_the_test_of_a_connection_bears_anything(body: object):
    found = outcome(200, body, ask_for_senders)

    assert isinstance(found, str | ContractBroken | Rejected)


@settings(max_examples=200, deadline=None)
@given(ANY, st.text(max_size=20))
def test_any_code_has_words(code: object, words: str):
    found = reason(code, words)

    assert found.text
    assert isinstance(found.code, int)
