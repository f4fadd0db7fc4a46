"""Partner Center as a value: where it is, what it answers with, and what that means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from integrations.auth import bearer
from integrations.classify import retry_after_s
from integrations.errors import (
    CallError,
    CredentialRejected,
    NotEntitled,
    QuestionRejected,
    ServerFailed,
    Throttled,
)
from integrations.provider import SECOND, Provider, Rate

BANDWIDTH = 509  # its second way of throttling
CLAIMS = "insufficient_claims"
LABEL = "Partner Center"
DOCS = "https://learn.microsoft.com/partner-center/developer/get-a-list-of-referrals"
# As much as fits into a worker's patience; a longer wait is spent in the queue.
OBEYED_S = 3.0
PERMISSION = (
    f"{LABEL}: the person who signed in may not see referrals. They need the role Referrals"
    " administrator or Referrals user."
)


class ThrottledForLong(Throttled):
    """The provider asks us to wait longer than a worker does."""

    retries = False


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return what an answer means where Partner Center is peculiar ("Error codes", 2019-05-21).

    503 with Retry-After and 509 are throttling, as 429 is. A 403 that speaks of claims wants the
    person to sign in again (a second factor); any other is about permission.
    """
    codes, words = list(codes_of(body)), message_of(body)
    code = codes[-1] if codes else ""
    wait_s = retry_after_s(headers)
    if status in (429, BANDWIDTH) or (status == 503 and wait_s is not None):
        kind = ThrottledForLong if (wait_s or 0.0) > OBEYED_S else Throttled
        return kind(f"{LABEL}: we ask too much", code=code)
    if status in (401, 403):
        return _refusal(status, codes, words, headers)
    if status in (409, 412):
        return QuestionRejected(f"{LABEL}: the referral has changed meanwhile", code=code)
    if 400 <= status < 500 and status not in (404, 408, 410) and words:
        return QuestionRejected(f"{LABEL}: {words}", code=code)
    return ServerFailed(f"{LABEL}: {words}", code=code) if status == 503 else None


def _refusal(status: int, codes: list[str], words: str, headers: Mapping[str, str]) -> CallError:
    code = codes[-1] if codes else ""
    if status == 401:
        return CredentialRejected(f"{LABEL}: the token is refused. {words}".strip(), code=code)
    if wants_claims(codes, words, headers):
        why = f"{LABEL} wants you to sign in again, with a second factor"
        return NotEntitled(why, code=CLAIMS)
    return NotEntitled(PERMISSION, code=code or "accessDenied")


def codes_of(body: Any) -> Iterator[str]:
    """Yield an error's codes, from the general one to the most special (innerError)."""
    error = body.get("error") if isinstance(body, Mapping) else None
    for _ in range(8):
        if not isinstance(error, Mapping):
            return
        if code := str(error.get("code") or "")[:64]:
            yield code
        error = error.get("innerError") or error.get("innererror")


def message_of(body: Any) -> str:
    """Return what an error says to developers, cut to what a reason may be long."""
    error = body.get("error") if isinstance(body, Mapping) else None
    said = error.get("message") if isinstance(error, Mapping) else ""
    return " ".join(str(said or "").split())[:200]


def wants_claims(codes: list[str], words: str, headers: Mapping[str, str]) -> bool:
    """Tell whether a 403 asks for another sign-in; the documentation leaves out a letter."""
    told = " ".join((*codes, words, headers.get("www-authenticate") or "")).lower()
    return any(one in told for one in ("insufficient_claims", "insufficent_claims", "claims="))


PARTNER_CENTER = Provider(
    slug="partner_center",
    label=LABEL,
    docs=DOCS,
    base_url="https://api.partner.microsoft.com",
    auth=bearer("token"),
    secrets=(),
    rate=Rate(5, per=SECOND),
    max_in_flight=2,
    timeout_s=30.0,
    classify=classify,
)
