"""Twilio's error envelopes, as the sandbox sends them."""

from __future__ import annotations

import orjson

MESSAGES = {
    20003: "Authenticate",
    20005: "Account not active",
    20008: "Resource not accessible with Test Account Credentials",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
    20503: "Service is unavailable. Please try again",
    21211: "Invalid 'To' phone number",
    60618: "Lookup malformed request parameter",
}


def envelope(status: int, code: int, message: str = "") -> bytes:
    """Return the classic error body."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    words = message or MESSAGES.get(code, "Error")
    return orjson.dumps({"code": code, "message": words, "more_info": more, "status": status})


def problem(status: int, code: int, detail: str) -> bytes:
    """Return the error body after RFC 9457 that newer parts of Twilio send."""
    return orjson.dumps(
        {
            "type": f"https://www.twilio.com/docs/api/errors/{code}",
            "title": "Invalid request",
            "status": status,
            "code": code,
            "detail": detail,
            "instance": "/v2/PhoneNumbers",
            "errors": [],
        }
    )
