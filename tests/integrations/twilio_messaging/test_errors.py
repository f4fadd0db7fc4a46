"""Twilio's codes in words, and which of them end a message."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from integrations.errors import (
    CallError,
    CredentialRejected,
    NotEntitled,
    NotFound,
    QuestionRejected,
    QuotaExhausted,
    SenderUnfit,
    Throttled,
)
from integrations.providers.twilio_messaging import reason
from integrations.providers.twilio_messaging.errors import FAILURES, REFUSALS, classify

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def refused(status: int, code: object, message: str = "") -> CallError:
    found = classify(status, {"code": code, "message": message, "status": status}, {})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (400, 21211, QuestionRejected, "not valid"),
        (400, 21408, NotEntitled, "country"),
        (400, 21610, QuestionRejected, "opted out"),
        (400, 21612, QuestionRejected, "no way"),
        (400, 21614, QuestionRejected, "not a mobile"),
        (400, 21606, SenderUnfit, "not the account's"),
        (400, 21705, SenderUnfit, "Messaging Service"),
        (400, 21210, SenderUnfit, "not verified"),
        (401, 20003, CredentialRejected, "do not fit"),
        (403, 20005, CredentialRejected, "suspended"),
        (404, 20404, NotFound, "no such"),
        (429, 20429, Throttled, "more requests"),
        (429, 21611, Throttled, "queue"),
        (400, 21611, Throttled, "queue"),
        (429, 63038, QuotaExhausted, "used up"),
        (402, 0, QuotaExhausted, "HTTP 402"),
        (429, 77777, Throttled, "77777"),
        (400, 77777, QuestionRejected, "77777"),
        (400, "20001", QuestionRejected, "20001"),
        (400, ["odd"], QuestionRejected, "HTTP 400"),
    ],
)
def test_a_refusal_has_its_class_and_its_words(
    status: int, code: object, kind: type[CallError], words: str
):
    error = refused(status, code)

    assert (type(error), error.status) == (kind, status)
    assert words in str(error)


def test_a_used_up_day_is_tried_again_after_an_hour():
    with time_machine.travel(NOON, tick=False):
        assert refused(429, 63038).retry_at == NOON + timedelta(hours=1)


@pytest.mark.parametrize("status", [200, 201, 302, 408, 500, 503])
def test_other_statuses_mean_what_they_mean_everywhere(status: int):
    assert classify(status, {"code": 21610}, {}) is None


def test_a_refusal_names_no_person_and_no_account():
    message = f"The number +14155550123 of {'AC' + 'a' * 32} is unsubscribed"

    assert str(refused(400, 21610, message)) == (
        "Twilio: error 21610: the recipient has opted out with this sender;"
        " The number …0123 of AC… is unsubscribed"
    )


@pytest.mark.parametrize("body", [None, "busy", [], {"detail": "No"}, {"title": "No"}])
def test_any_body_is_borne(body: object):
    assert type(classify(400, body, {})) is QuestionRejected


@pytest.mark.parametrize(
    ("code", "is_final", "words"),
    [
        (30003, False, "not be reached"),
        (30005, True, "not in service"),
        (30006, True, "landline"),
        (30007, False, "filtered"),
        (30008, False, "no reason"),
        (30034, False, "A2P 10DLC"),
        (21610, True, "opted out"),
    ],
)
def test_a_reason_says_whether_to_try_again(code: int, is_final: bool, words: str):
    found = reason(code, "Twilio's own text")

    assert (found.code, found.is_final) == (code, is_final)
    assert words in found.text


def test_of_an_unknown_code_twilios_words_are_told_and_nothing_is_concluded():
    assert reason("77777", "Odd +14155550123") == reason(77777, "Odd …0123")
    assert (reason(77777).text, reason(77777).is_final) == ("Twilio told no reason", False)
    assert [reason(odd).code for odd in (None, "x", [1], float("inf"), "9" * 5000)] == [0] * 5


def test_all_words_are_plain():
    words = [text for _, _, text in REFUSALS.values()] + [text for _, text in FAILURES.values()]

    assert not [text for text in words if re.search(r"[.!]$|^[A-SU-Z]", text)]
    assert not set(REFUSALS) & set(FAILURES)
