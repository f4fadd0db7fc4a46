"""What became of each operation of a batch, by its status and Dataverse's code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from crm_sync.connector import Outcome, Write, Written
from crm_sync.connectors.dynamics.complaints import (
    DUPLICATE_KEY,
    DUPLICATES,
    NO_PRIVILEGE,
    NOT_THERE,
    THROTTLED,
    VERSION_MISMATCH,
    Complaint,
    read,
)
from crm_sync.connectors.dynamics.multipart import Part
from crm_sync.connectors.dynamics.odata import moment
from crm_sync.connectors.dynamics.provider import classify
from integrations.classify import retry_after_s
from integrations.errors import CallError, CredentialRejected, NotEntitled, Throttled

DONE = frozenset({"created", "updated"})
_ADDRESS = re.compile(r"\(([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)$", re.IGNORECASE)
# A lock, a throttled item and a failure of the server's pass; an upsert may be sent again.
_LATER = frozenset({408, 409, 412, 429, 500, 502, 503, 504, 509})
# A right to one record, and not to the table.
_OF_ONE_RECORD = "AccessCheck"


def of_write(one: Write, part: Part | None, id_name: str) -> Written:
    """Return what became of a record; without an id where the answer told none."""
    if part is None:
        return Written(one.key, "again", one.remote_id, words="The batch ended before it.")
    if part.status == 304:
        return Written(one.key, "same", one.remote_id)
    if 200 <= part.status < 300:
        body = part.body if isinstance(part.body, dict) else {}
        told = _ADDRESS.search(part.headers.get("odata-entityid", ""))
        return Written(
            one.key, "created" if part.status == 201 else "updated",
            str(body.get(id_name) or one.remote_id or (told[1] if told else "")),
            modified_at=moment(body.get("modifiedon")),
        )  # fmt: skip
    said = read(part.body)
    field = said.field if said.field in one.values else ""
    words = said.words or f"Dynamics 365 answered with HTTP {part.status}."
    outcome = _outcome(part.status, said, one.remote_id)
    return Written(one.key, outcome, one.remote_id, words, field, said.code or str(part.status))


def of_id(remote_id: str, part: Part | None) -> Written:
    """Return what became of a record that is known by its id: changed, or deleted."""
    return of_write(Write(remote_id, {}, remote_id), part, "")


def _outcome(status: int, said: Complaint, remote_id: str) -> Outcome:
    """Return what a refusal means; the code goes before the status, which differs."""
    if said.code in THROTTLED:
        return "again"
    if said.code in DUPLICATES or said.code in DUPLICATE_KEY:
        return "several"
    if status == 404 or said.code == NOT_THERE:
        is_about_it = remote_id and not said.names_only_others(remote_id)
        return "gone" if is_about_it else "rejected"
    if said.code == VERSION_MISMATCH or (status in _LATER and not _is_business_rule(said)):
        return "again"
    return "rejected"


def _is_business_rule(said: Complaint) -> bool:
    """Tell whether a plug-in of the organisation refused the record; some answer with a 500."""
    return said.code == "0x80040265"


def is_by_rule(one: Written) -> bool:
    """Tell whether the organisation's duplicate detection refused it."""
    return one.code in DUPLICATES


def settled(one: Written, id_: str) -> Written:
    """Return an outcome that was left open, now that the id by our key is known, or "" is."""
    if one.outcome in DONE:
        return replace(one, remote_id=id_, outcome=one.outcome if id_ else "again")
    return replace(one, outcome="again") if id_ else one


def raise_common(parts: Sequence[Part | None]) -> None:
    """Raise what is true of the whole batch: a refused token, a limit, a right that is missing."""
    errors = [_error(part) for part in parts]
    for kind in (CredentialRejected, Throttled, NotEntitled):
        found = [error for error in errors if isinstance(error, kind)]
        if len(found) == len(parts) and found:
            raise max(found, key=lambda error: error.retry_after_s or 0)


def _error(part: Part | None) -> CallError | None:
    if part is None or part.status < 400:
        return None
    error = classify(part.status, part.body, part.headers)
    if isinstance(error, NotEntitled) and _is_of_one_record(part):
        return None
    if error:
        error.status, error.retry_after_s = part.status, retry_after_s(part.headers)
    return error


def _is_of_one_record(part: Part) -> bool:
    said = read(part.body)
    return said.code == NO_PRIVILEGE and _OF_ONE_RECORD in said.words
