"""What an answer, or the lack of one, means in our own words (errors.py), the same for everyone.

A provider's `classify` is asked first, then its table of statuses, then the table here:

    400 and every other 4xx QuestionRejected · 401, 403 CredentialRejected · 402 QuotaExhausted
    404, 410 NotFound · 408 OutcomeUnknown · 429 Throttled · 5xx ServerFailed
    1xx, 3xx ContractBroken (redirects are not followed)

408 is OutcomeUnknown, although RFC 9110 §15.5.9 allows a repeat: gateways also answer it for a
backend that was too slow, which may have worked, and charged. A 5xx to what is sent `once` is, too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import orjson
from aiohttp.http_exceptions import ContentEncodingError

from integrations.calls import Call
from integrations.errors import (
    AccountUnusable,
    CallError,
    ContractBroken,
    CredentialRejected,
    NotFound,
    OutcomeUnknown,
    QuestionRejected,
    QuotaExhausted,
    ServerFailed,
    Throttled,
    Unreachable,
)
from integrations.exchange import LineNotConnected
from integrations.redaction import scrub

# Whoever asks for more is asked again after a day.
LONGEST_WAIT_S = 86_400.0

BY_STATUS: dict[int, type[CallError]] = {
    401: CredentialRejected,
    402: QuotaExhausted,
    403: CredentialRejected,
    404: NotFound,
    408: OutcomeUnknown,
    410: NotFound,
    429: Throttled,
}

# What is raised while no byte of the request can have left: refused, DNS, TLS, time-out while
# connecting or while waiting for a free connection.
NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    LineNotConnected,
)

TRANSPORT_ERRORS = (aiohttp.ClientError, OSError)

# How a connection failed, the special kinds before the general ones.
HOW: tuple[tuple[str, type[Exception]], ...] = (
    ("dns", aiohttp.ClientConnectorDNSError),
    ("tls", aiohttp.ClientSSLError),
    ("refused", aiohttp.ClientConnectorError),
    ("refused", LineNotConnected),
    ("slow", TimeoutError),
)

# Where providers put their own id of an exchange.
REMOTE_ID_HEADERS = (
    "Twilio-Request-Id",
    "X-Request-Id",
    "Request-Id",
    "X-HubSpot-Correlation-Id",
    "X-Correlation-Id",
    "X-MS-Service-Request-Id",
)


def error_for(call: Call, status: int, headers: Mapping[str, str], body: Any) -> CallError | None:
    """Return what is wrong with this answer, or None for a good one.

    `body` is the parsed JSON, or the text where it is no JSON; None is allowed where the provider
    has no `classify` and the status is 2xx.
    """
    provider = call.provider
    if provider.classify and (error := provider.classify(status, body, headers)):
        _complete(error, status, headers, body)
        return error
    kind = provider.errors.get(status) or (None if 200 <= status < 300 else _by_status(status))
    if not kind:
        return None
    if kind is ServerFailed and call.once:
        kind = OutcomeUnknown
    error = kind(f"{subject(call)}: {_in_words(kind)} (HTTP {status})")
    _complete(error, status, headers, body)
    return error


def failure_for(call: Call, exc: Exception) -> CallError:
    """Return what a transport's exception means: was the question perhaps received?

    The text is the exception's, scrubbed of addresses with keys in them; the code is a word of
    ours for how it failed: "dns", "tls", "refused", "slow" or "cut".
    """
    text = f"{subject(call)}: {type(exc).__name__} {scrub(str(exc))}".rstrip()
    if isinstance(exc, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError):
        return AccountUnusable(f"{subject(call)}: the account's address is not an http(s) address")
    if isinstance(exc.__cause__, ContentEncodingError):
        return ContractBroken(text)
    kind = Unreachable if isinstance(exc, NEVER_SENT) else OutcomeUnknown
    return kind(text, code=next((word for word, kinds in HOW if isinstance(exc, kinds)), "cut"))


def subject(call: Call) -> str:
    """Return what a message about this call begins with: its provider and its lookups' names."""
    return ".".join(filter(None, (call.provider.slug, "+".join(call.lookups))))


def parsed(content: bytes) -> Any:
    """Return a body as JSON, as text where it is none, as None where it is empty."""
    if not content:
        return None
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return content.decode("utf-8", "replace")


def remote_id(call: Call, headers: Mapping[str, str]) -> str:
    """Return the provider's own id of an exchange, "" where it sent none but ours."""
    for name in REMOTE_ID_HEADERS:
        found = headers.get(name)
        if found and found != str(call.request_id):
            return found[:100]
    return ""


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that Retry-After asks for, 0 to LONGEST_WAIT_S; None if unreadable.

    Both forms of RFC 9110 §10.2.3 are read: seconds, and an HTTP date. Nobody else reads it.
    """
    text = headers.get("retry-after")
    if not text:
        return None
    try:
        asked = float(text)
    except ValueError:
        asked = _seconds_until(text)
    return min(max(asked, 0.0), LONGEST_WAIT_S) if math.isfinite(asked) else None


def _seconds_until(http_date: str) -> float:
    try:
        at = parsedate_to_datetime(http_date)
    except (ValueError, OverflowError):
        return math.nan
    return (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


def _complete(error: CallError, status: int, headers: Mapping[str, str], body: Any) -> None:
    if error.status is None:
        error.status = status
    if error.retry_after_s is None:
        error.retry_after_s = retry_after_s(headers)
    error.code = error.code or _code(body)


def _code(body: Any) -> str:
    """Return the provider's own error code: `code` or `error_code`, bare or under `error`."""
    if not isinstance(body, dict):
        return ""
    inner = body.get("error")
    for place in (body, inner if isinstance(inner, dict) else {}):
        for key in ("code", "error_code"):
            if isinstance(found := place.get(key), str | int):
                return str(found)[:64]
    return ""


def _by_status(status: int) -> type[CallError]:
    if status >= 500:
        return ServerFailed
    if status < 400:
        return ContractBroken
    return BY_STATUS.get(status, QuestionRejected)


def _in_words(kind: type[CallError]) -> str:
    return (kind.__doc__ or kind.__name__).rstrip(".")
