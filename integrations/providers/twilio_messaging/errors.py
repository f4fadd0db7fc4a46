"""What Twilio's error codes about messages and calls mean: in words, and whether for good.

Codes as of November 2026: twilio.com/docs/api/errors/<code>. Twilio splits codes into more special
ones now and then, so nothing but words and the class of an error hangs on them; of one that is not
listed here Twilio's own text is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

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
from integrations.providers.twilio.errors import cleaned, code_of

# The allowance is of a rolling day, so some of it comes back all the time.
DAILY_CAP_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a message or a call came to nothing; `is_final` where the same would fail again."""

    code: int
    text: str
    is_final: bool


# (class of the refusal, final, words). What Twilio refuses is refused before anything is charged.
REFUSALS: Mapping[int, tuple[type[CallError], bool, str]] = {
    10001: (CredentialRejected, True, "the Twilio account is not active"),
    10004: (Throttled, False, "more calls at once than the account may have"),
    13225: (QuestionRejected, True, "Twilio does not call this number"),
    13227: (NotEntitled, True, "calls to this country are not enabled for the account"),
    14107: (QuestionRejected, False, "too many messages to this number in too short a time"),
    20003: (CredentialRejected, True, "the Account SID and the Auth Token do not fit"),
    20005: (CredentialRejected, True, "the Twilio account is suspended or closed"),
    20008: (CredentialRejected, True, "these are test credentials; sending needs the live ones"),
    20404: (NotFound, True, "there is no such message, call or account"),
    20429: (Throttled, False, "more requests than Twilio takes at once"),
    21201: (QuestionRejected, True, "no number was given to call"),
    21210: (SenderUnfit, True, "the number that calls is not verified for this account"),
    21211: (QuestionRejected, True, "the number is not valid"),
    21212: (SenderUnfit, True, "the number that sends is not valid"),
    21214: (QuestionRejected, True, "the number can't be called"),
    21215: (NotEntitled, True, "calls to this country are not enabled for the account"),
    21216: (QuestionRejected, True, "Twilio does not call this number"),
    21217: (QuestionRejected, True, "the number is not valid"),
    21219: (NotEntitled, True, "a trial account calls only numbers that are verified there"),
    21220: (QuestionRejected, True, "the call is over"),
    21265: (QuestionRejected, True, "the number can't receive this"),
    21408: (NotEntitled, True, "messages to this country are not enabled for the account"),
    21602: (QuestionRejected, True, "the message is empty"),
    21603: (SenderUnfit, True, "no sender was given"),
    21606: (SenderUnfit, True, "the number that sends is not the account's, or sends no SMS there"),
    21607: (SenderUnfit, True, "the number that sends is not the account's"),
    21608: (NotEntitled, True, "a trial account writes only to numbers that are verified there"),
    21609: (SenderUnfit, True, "Twilio refuses the address for callbacks"),
    21610: (QuestionRejected, True, "the recipient has opted out with this sender"),
    21611: (Throttled, False, "the sender's queue at Twilio is full"),
    21612: (QuestionRejected, True, "there is no way from this sender to this number"),
    21614: (QuestionRejected, True, "the number is not a mobile and takes no SMS"),
    21617: (QuestionRejected, True, "the message is longer than 1,600 characters"),
    21619: (QuestionRejected, True, "the message is empty"),
    21624: (QuestionRejected, True, "the validity period is not 1 to 36,000 seconds"),
    21635: (QuestionRejected, True, "the number is a landline and takes no SMS"),
    21659: (SenderUnfit, True, "the number that sends is none of Twilio's"),
    21660: (SenderUnfit, True, "the number that sends belongs to another account"),
    21703: (SenderUnfit, True, "the Messaging Service has no number that could send this"),
    21704: (SenderUnfit, True, "the Messaging Service has no sender"),
    21705: (SenderUnfit, True, "there is no such Messaging Service in the account"),
    21706: (QuestionRejected, True, "there is no way from this Messaging Service to this number"),
    63038: (QuotaExhausted, False, "the account's messages of a day are used up"),
}

# What a status says that ended badly: (final, words). Twilio may have charged for these.
FAILURES: Mapping[int, tuple[bool, str]] = {
    30001: (False, "the sender's queue at Twilio was full"),
    30002: (False, "the Twilio account was suspended meanwhile"),
    30003: (False, "the phone could not be reached"),
    30004: (True, "the recipient or the carrier blocks such messages"),
    30005: (True, "the number is not in service"),
    30006: (True, "the number is a landline, or its carrier takes no SMS"),
    30007: (False, "the message was filtered by Twilio or the carrier"),
    30008: (False, "the carrier told no reason"),
    30010: (True, "it would have cost more than allowed"),
    30022: (False, "the carrier's daily limit of the sender is reached"),
    30023: (False, "the carrier's daily limit of the brand is reached"),
    30032: (False, "the toll-free number that sends is not verified"),
    30034: (False, "the number that sends is not registered for US messages (A2P 10DLC)"),
    30036: (False, "it waited in Twilio's queue until its validity was over"),
    30410: (False, "the carrier did not answer in time"),
    30450: (False, "Twilio's check for SMS pumping stopped it"),
}

STATUSES: Mapping[int, type[CallError]] = {
    401: CredentialRejected,
    402: QuotaExhausted,
    403: NotEntitled,
    404: NotFound,
    429: Throttled,
}


def reason(code: Any, words: str = "") -> Reason:
    """Return what a code of Twilio's means; without one that we know, in Twilio's `words`.

    An unknown code is not taken to be final: nothing hangs on it but a person's next decision.
    """
    number = code_of(code)
    known = FAILURES.get(number) or REFUSALS.get(number, (False, ""))[-2:]
    is_final, text = bool(known[0]), str(known[-1]) if known else ""
    return Reason(number, text or cleaned(words) or "Twilio told no reason", is_final)


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return the error behind a 4xx; 408 and 5xx mean what they mean everywhere.

    Reads both envelopes: `{code, message}` and RFC 9457 `{code, title, detail}`.
    """
    if not 400 <= status < 500 or status == 408:
        return None
    envelope = body if isinstance(body, dict) else {}
    code = code_of(envelope.get("code"))
    kind = STATUSES.get(status, QuestionRejected)
    if code in REFUSALS:
        kind = REFUSALS[code][0]
    if status == 429 and kind is not QuotaExhausted:
        kind = Throttled
    said = envelope.get("message") or envelope.get("detail") or envelope.get("title") or ""
    error = kind(_text(status, code, str(said)), status=status, code=str(code or ""))
    if kind is QuotaExhausted and code == 63038:
        error.retry_at = datetime.now(UTC) + DAILY_CAP_AGAIN
    return error


def _text(status: int, code: int, said: str) -> str:
    what = f"error {code}" if code else f"HTTP {status}"
    known = REFUSALS[code][2] if code in REFUSALS else ""
    return f"Twilio: {what}: " + "; ".join(part for part in (known, cleaned(said)) if part)
