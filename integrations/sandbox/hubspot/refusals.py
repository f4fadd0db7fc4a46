"""HubSpot's envelopes for what it refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import orjson


class Refused(Exception):
    """A request, or a record of a batch, that HubSpot does not take: status and body."""

    def __init__(
        self,
        status: int,
        category: str,
        message: str,
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        **context: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error: dict[str, Any] = {
            "status": "error",
            "message": message,
            "correlationId": str(uuid4()),
            "category": category,
        }
        if errors:
            self.error["errors"] = list(errors)
        if context:
            self.error["context"] = context

    @property
    def body(self) -> bytes:
        return orjson.dumps(self.error)


def invalid(name: str, code: str, message: str) -> Refused:
    """Return the refusal of one property's value."""
    detail = {"message": message, "code": code, "context": {"propertyName": [name]}}
    return Refused(400, "VALIDATION_ERROR", f"Property values were not valid: [{message}]",
                   errors=[detail])  # fmt: skip


def exists(other: str) -> Refused:
    """Return the refusal of a contact whose e-mail another one has."""
    return Refused(409, "CONFLICT", f"Contact already exists. Existing ID: {other}")


def taken(object_id: str, name: str, value: object, other: str) -> Refused:
    """Return the refusal of a unique value that another record has."""
    where = f"objectId={object_id}, propertyName={name}, value={value}"
    message = (
        f"Cannot set PropertyValueCoordinates{{portalId=1, objectTypeId=0-1, {where}}} on "
        f"{object_id}. {other} already has that value."
    )
    return Refused(400, "VALIDATION_ERROR", message)


def not_found(obj: str, ids: Sequence[str]) -> Refused:
    """Return the refusal of ids that no record has."""
    message = f"Could not get some {obj.upper()} objects, they may be deleted or not exist."
    words = f"{message} Check that ids are valid."
    return Refused(404, "OBJECT_NOT_FOUND", words, ids=list(ids))


def missing_scope(scope: str) -> Refused:
    detail = {
        "message": f"One or more of the following scopes are required: [{scope}].",
        "context": {"requiredGranularScopes": [scope]},
    }
    message = "This app hasn't been granted all required scopes to make this call."
    return Refused(403, "MISSING_SCOPES", message, errors=[detail])


def over(policy: str) -> bytes:
    """Return the body of a 429."""
    return orjson.dumps({
        "status": "error",
        "message": f"You have reached your {policy.lower()} limit.",
        "errorType": "RATE_LIMIT",
        "correlationId": str(uuid4()),
        "policyName": policy,
        "groupName": "publicapi:private-apps:hublytics",
    })  # fmt: skip
