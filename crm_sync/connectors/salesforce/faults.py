"""What Salesforce's errors mean: of a whole request, of one record in it, of a row of a job.

A request's errors are a list, [{"message", "errorCode", "fields"}], a record's have "statusCode",
a job's row has text, "CODE:message:Field --"; only OAuth answers with an object.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from crm_sync.connector import Outcome
from integrations.errors import (
    CallError,
    CredentialRejected,
    NotEntitled,
    NotFound,
    OutcomeUnknown,
    QuestionRejected,
    QuotaExhausted,
    ServerFailed,
    Throttled,
)

# The day's requests are counted over the last 24 hours, so that some come back all the time.
LOOK_AGAIN = timedelta(hours=1)
CROWD_S = 5.0  # more than 25 long requests at once: one of them has to end
BY_CODE: Mapping[str, type[CallError]] = {
    "INVALID_SESSION_ID": CredentialRejected,
    "INVALID_AUTH_HEADER": CredentialRejected,
    "STORAGE_LIMIT_EXCEEDED": QuotaExhausted,
    "UNABLE_TO_LOCK_ROW": Throttled,
    "QUERY_TIMEOUT": ServerFailed,
}
BY_STATUS: Mapping[int, type[CallError]] = {
    401: CredentialRejected,
    403: NotEntitled,
    404: NotFound,
    410: NotFound,
    429: Throttled,
}
# Codes of one record. What concerns the record itself names no field.
AGAIN = (
    "UNABLE_TO_LOCK_ROW",
    "REQUEST_LIMIT_EXCEEDED",
    "SERVER_UNAVAILABLE",
    "STORAGE_LIMIT_EXCEEDED",
    "REQUEST_RUNNING_TOO_LONG",
    "TOO_MANY_APEX_REQUESTS",
    "PROCESSING_HALTED",
    "UNKNOWN_EXCEPTION",
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
)
GONE = ("ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND")
SEVERAL = ("DUPLICATE_EXTERNAL_ID", "DUPLICATES_DETECTED")
LONGEST = 300

FIELD_OF_DUPLICATE = re.compile(r"duplicate value found: (\w+) duplicates")
FIELD_MISSING = re.compile(r"No such column '(\w+)'|Field name not found : (\w+)")
CODE_FIRST = re.compile(r"([A-Z_]+):(.*):([\w, ]*?) ?--\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """An error of Salesforce's: its code, its words, and the field it names, if it names one."""

    code: str
    words: str
    field: str = ""


def said(body: Any) -> Said:
    """Return the first error of a body, whatever its shape: a list, an object, text, nothing."""
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, dict):
        return Said("", str(first or "it gave no reason")[:LONGEST])
    code = str(first.get("errorCode") or first.get("statusCode") or first.get("error") or "")
    words = str(first.get("message") or first.get("error_description") or code)
    fields = first.get("fields")
    named = str(fields[0]) if isinstance(fields, list) and fields else field_in(words)
    return Said(code[:60], words[:LONGEST], named)


def said_of_row(text: str) -> Said:
    """Return what a job's failed results say of a row."""
    found = CODE_FIRST.fullmatch(text)
    if found is None:
        return Said("", text[:LONGEST], field_in(text))
    code, words, fields = found.groups()
    return Said(code, words[:LONGEST], fields.split(",")[0].strip() or field_in(words))


def field_in(words: str) -> str:
    """Return the field that a message names where nothing else does, or ""."""
    found = FIELD_OF_DUPLICATE.search(words) or FIELD_MISSING.search(words)
    return next(filter(None, found.groups()), "") if found else ""


def outcome_of(error: Said, key_field: str, *, is_known: bool) -> Outcome:
    """Return what became of a record with this error.

    A key that was taken while a new record was made: somebody else made it, and the next upsert
    finds it. For a record that is known, it is another record that has its key.
    """
    if error.code in AGAIN:
        return "again"
    if error.code in GONE and not error.field:
        return "gone"
    if error.code in SEVERAL:
        return "several"
    if error.code == "DUPLICATE_VALUE" and error.field == key_field:
        return "several" if is_known else "again"
    return "rejected"


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return what is wrong with an answer, in Salesforce's words; None where that is plain.

    REQUEST_LIMIT_EXCEEDED comes as a 403 without Retry-After, for the day and for the moment.
    """
    if status < 300 or status == 408:
        return None
    error = said(body)
    words = f"Salesforce: {error.words}"
    if error.code == "REQUEST_LIMIT_EXCEEDED":
        if "concurrent" in error.words.lower():
            after_s = None if "retry-after" in headers else CROWD_S
            return Throttled(words, code=error.code, retry_after_s=after_s)
        seconds, at = LOOK_AGAIN.total_seconds(), datetime.now(UTC) + LOOK_AGAIN
        return QuotaExhausted(words, code=error.code, retry_after_s=seconds, retry_at=at)
    if not 400 <= status < 500:
        return None  # the common table knows whether a 5xx may have been done
    kind = BY_CODE.get(error.code) or BY_STATUS.get(status)
    return (kind or QuestionRejected)(words, code=error.code)


def unanswered(error: CallError) -> Outcome:
    """Return what is known of records whose request brought no answer: it may have been done."""
    return "unknown" if isinstance(error, OutcomeUnknown) else "again"
