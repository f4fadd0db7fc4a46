"""How Salesforce says no: a list of errors for a request, and one in a record's result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson


class Refusal(Exception):
    """A request that is refused as a whole."""

    def __init__(self, status: int, code: str, message: str, fields: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.status = status
        error: dict[str, Any] = {"message": message, "errorCode": code}
        if fields:
            error["fields"] = list(fields)
        self.body = orjson.dumps([error])


class Fault(Exception):
    """A record that is refused, while others are taken."""

    def __init__(self, code: str, message: str, *fields: str) -> None:
        super().__init__(message)
        self.code = code
        self.fields = fields

    @property
    def result(self) -> dict[str, Any]:
        """What stands in the place of a record's result."""
        error = {"statusCode": self.code, "message": str(self), "fields": list(self.fields)}
        return {"success": False, "errors": [error]}

    @property
    def line(self) -> str:
        """What stands in sf__Error of a job's failed results."""
        return f"{self.code}:{self}:{','.join(self.fields)}{' ' if self.fields else ''}--"


def expired() -> Refusal:
    return Refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")


def day_is_spent() -> Refusal:
    return Refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")


def too_many_at_once() -> Refusal:
    words = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    return Refusal(403, "REQUEST_LIMIT_EXCEEDED", words)


def no_column(field: str, obj: str) -> Refusal:
    return Refusal(400, "INVALID_FIELD", f"No such column '{field}' on sobject of type {obj}")


def not_found() -> Refusal:
    return Refusal(404, "NOT_FOUND", "The requested resource does not exist")


def malformed(words: str, code: str = "MALFORMED_QUERY") -> Refusal:
    return Refusal(400, code, words)


def locked() -> Fault:
    words = "unable to obtain exclusive access to this record"
    return Fault("UNABLE_TO_LOCK_ROW", words)


def deleted(*fields: str) -> Fault:
    return Fault("ENTITY_IS_DELETED", "entity is deleted", *fields)


def unknown() -> Fault:
    return Fault("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")


def like_others() -> Fault:
    return Fault("DUPLICATES_DETECTED", "Use one of these records?")
