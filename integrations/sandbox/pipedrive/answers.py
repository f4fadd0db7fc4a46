"""Pipedrive's envelopes, its refusals, and its two ways of writing a time."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import orjson

from integrations.sandbox.responder import Answer

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


class Refused(Exception):
    """A request that Pipedrive would refuse, with its status, words and the field it names."""

    def __init__(self, status: int, words: str, *, code: str = "", field: str = "") -> None:
        super().__init__(words)
        self.status = status
        self.code = code
        self.field = field


def invalid(words: str, field: str = "") -> Refused:
    """Return the refusal of something that is not as the API has it."""
    return Refused(
        400, f"Validation failed: {words}", code="ERR_SCHEMA_VALIDATION_FAILED", field=field
    )


def said(data: Any, **more: Any) -> Answer:
    """Return a 200; creations are 200 as well in the second version."""
    return Answer(200, orjson.dumps({"success": True, "data": data, **more}))


def page(data: Any, next_cursor: str | None) -> Answer:
    return said(data, additional_data={"next_cursor": next_cursor})


def refusal(error: Refused) -> Answer:
    body: dict[str, Any] = {
        "success": False,
        "error": str(error),
        "error_info": "Please check developers.pipedrive.com for more information.",
        "data": None,
        "additional_data": None,
    }
    if error.code:
        body["code"] = error.code
    if error.field:
        body["field_code"] = error.field
    return Answer(error.status, orjson.dumps(body))


def rfc_3339(ms: int) -> str:
    """Return a time of the second version: whole seconds."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def older(ms: int) -> str:
    """Return a time of the first version."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def in_ms(text: str) -> int:
    """Return the milliseconds of an RFC 3339 time. Raises Refused, also for a fraction."""
    if not RFC_3339.fullmatch(text):
        raise invalid(f"{text} is not a valid datetime")
    return int(datetime.fromisoformat(text).timestamp() * 1000)
