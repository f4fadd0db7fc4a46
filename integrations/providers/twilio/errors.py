"""What Twilio's refusals mean, in the words of our error tree.

Codes as of November 2026: twilio.com/docs/api/errors/<code>. Twilio uses the same codes for a
request that it refuses (4xx) and for one package inside a 200.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from integrations.errors import (
    CallError,
    CredentialRejected,
    NotEntitled,
    NotFound,
    QuestionRejected,
    QuotaExhausted,
    ServerFailed,
    Throttled,
)

CODES: Mapping[int, type[CallError]] = {
    20003: CredentialRejected,
    20005: CredentialRejected,
    20008: CredentialRejected,
    20404: NotFound,
    20429: Throttled,
    **dict.fromkeys(range(21211, 21220), QuestionRejected),
    60606: NotEntitled,
    60608: ServerFailed,
    60609: NotEntitled,
    60611: QuotaExhausted,
    60613: ServerFailed,
    60616: Throttled,
    60624: Throttled,
    60626: Throttled,
    60699: NotEntitled,
}

STATUSES: Mapping[int, type[CallError]] = {
    401: CredentialRejected,
    402: QuotaExhausted,
    403: NotEntitled,
    429: Throttled,
}

# A package that answers so knows nothing of the number: not provisioned (60600), a country
# without a source (60607), outside the coverage (60610), not a mobile (60612), the carrier told
# too little (60620) or nothing (60621).
MISSES = frozenset({60600, 60607, 60610, 60612, 60620, 60621})

HINTS: Mapping[int, str] = {
    20003: "the Account SID and the Auth Token do not belong together, or the token was changed",
    20005: "the Twilio account is suspended or closed",
    20008: "these are test credentials; Lookup needs the live ones",
    20429: "more requests in flight than Twilio allows this account",
    60601: "line type of Canadian numbers needs an approval of its own from Twilio",
    60606: "the package is not enabled for this Twilio account; ask Twilio to enable it",
    60611: "the package's quota is used up",
    60616: "the package's own rate is reached",
    60617: "the package needs more inputs than it was given",
    60626: "the same number was asked too often",
    60699: "Lookup is disabled for this Twilio account",
}

_PERSONAL = re.compile(r"(\+|%2B)?\d{3,}(\d{4})(?!\d)")
_ACCOUNT = re.compile(r"(AC|SK)[0-9a-fA-F]{32}")


def code_of(value: Any) -> int:
    """Return an error code as a number; 0 when there is none.

    `reassigned_number` sends its code as text, and the batch sends 0 for "no error".
    """
    try:
        return int(value or 0)
    except (TypeError, ValueError, OverflowError):
        return 0


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return the error behind an HTTP status, or None when the status says enough (2xx, 5xx).

    Reads both envelopes: `{code, message}` and RFC 9457 `{code, title, detail}`.
    """
    if status < 400 or status >= 500:
        return None
    envelope = body if isinstance(body, dict) else {}
    code = code_of(envelope.get("code"))
    words = envelope.get("message") or envelope.get("detail") or envelope.get("title") or ""
    kind = CODES.get(code) or STATUSES.get(status, QuestionRejected)
    if code in MISSES:
        kind = NotFound
    elif status == 429 and kind is not QuotaExhausted:
        kind = Throttled
    elif kind.trips:
        kind = QuestionRejected  # a 4xx is about the question, whatever its code says
    return error(code, str(words), status=status, kind=kind)


def package_error(code: int, words: str = "") -> CallError:
    """Return the error of one package (or one number of a batch) inside a 200."""
    return error(code, words, status=200, kind=CODES.get(code, QuestionRejected))


def error(code: int, words: str, *, status: int, kind: type[CallError]) -> CallError:
    """Return `kind` with Twilio's code, what it means, and its words without personal data."""
    what = f"error {code}" if code else f"HTTP {status}"
    parts = [HINTS.get(code, ""), cleaned(words)]
    text = "; ".join(part for part in parts if part)
    return kind(
        f"Twilio: {what}" + (f": {text}" if text else ""), status=status, code=str(code or "")
    )


def cleaned(words: str) -> str:
    """Return a message of Twilio's with numbers cut to their last four digits, and no SIDs."""
    return _PERSONAL.sub(r"…\2", _ACCOUNT.sub(r"\1…", words))[:300]
