"""Entra's refusals: the OAuth word, the AADSTS number and its sentence.

Numbers are those of Microsoft's "Microsoft Entra authentication and authorization error codes"
(2026); the envelope is the one of its page on the client credentials grant.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import orjson

from integrations.sandbox.responder import Answer

JSON_UTF8 = [(b"cache-control", b"no-store, no-cache")]

# The OAuth word and the sentence of an AADSTS number.
ERRORS: dict[int, tuple[str, str]] = {
    28000: ("invalid_request", "The scope names more than one resource."),
    50011: ("invalid_request", "The redirect URI differs from the one of the request."),
    50076: ("interaction_required", "Multifactor authentication must be used to reach it."),
    50173: ("invalid_grant", "The grant has expired because it was revoked."),
    54005: ("invalid_grant", "The authorization code was redeemed already."),
    65004: ("authorization_declined", "The user declined to consent."),
    70000: ("invalid_grant", "The refresh token or code is malformed or not this client's."),
    70003: ("unsupported_grant_type", "The grant type is not supported."),
    70008: ("invalid_grant", "The code or refresh token has expired."),
    70011: ("invalid_scope", "The value of the parameter 'scope' is not valid."),
    70016: ("authorization_pending", "Authorization is pending. Continue polling."),
    70018: ("bad_verification_code", "The verification code is not valid."),
    70019: ("expired_token", "The verification code has expired."),
    90002: ("invalid_request", "The tenant was not found."),
    90014: ("invalid_request", "A required field is missing from the request."),
    90033: ("temporarily_unavailable", "The service is temporarily unavailable."),
    90055: ("temporarily_unavailable", "There are too many incoming requests."),
    500011: ("invalid_resource", "The resource was not found in the tenant."),
    501481: ("invalid_grant", "The code verifier does not match the code challenge."),
    700016: ("unauthorized_client", "The application was not found in the directory."),
    1002012: ("invalid_scope", "Client credentials want a scope that ends with /.default."),
    7000215: ("invalid_client", "Invalid client secret provided."),
    7000218: ("invalid_client", "The body needs 'client_assertion' or 'client_secret'."),
    7000222: ("invalid_client", "The provided client secret keys are expired."),
}
UNAUTHORIZED = frozenset({7000215, 7000218, 7000222})


class Refused(Exception):
    """A refusal by its AADSTS number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def refusal(number: int) -> Answer:
    """Return a refusal as Entra words it."""
    return Answer(401 if number in UNAUTHORIZED else 400, envelope(number), headers=JSON_UTF8[:])


def envelope(number: int) -> bytes:
    word, sentence = ERRORS[number]
    trace, correlation = str(uuid4()), str(uuid4())
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ}"
    return orjson.dumps(
        {
            "error": word,
            "error_description": f"AADSTS{number}: {sentence} Trace ID: {trace} "
            f"Correlation ID: {correlation} Timestamp: {at}",
            "error_codes": [number],
            "timestamp": at,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={number}",
        }
    )
