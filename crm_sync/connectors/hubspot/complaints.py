"""What HubSpot says against a record, read out of the several shapes in which it says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from crm_sync.connector import Outcome

# Of one value that two records want: "Contact already exists. Existing ID: 51", or without the id
# and as CONTACT_EXISTS, and "Cannot set PropertyValueCoordinates{…, propertyName=email, …} on 101.
# 51 already has that value."
EXISTS = re.compile(r"Contact already exists(?:\. Existing ID: (\d+))?")
TAKEN = re.compile(r"propertyName=(\w+).*?(\d+) already has that value", re.DOTALL)
# Every record that carries the property is refused, so all are known at once.
OF_THE_PROPERTY = frozenset({"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"})
OF_THE_KEY = "non-unique"
GONE = frozenset({"OBJECT_NOT_FOUND"})
PASSING = frozenset({"RATE_LIMITS", "INTERNAL_ERROR", "LOCKED", "TIMEOUT", "SERVICE_UNAVAILABLE"})


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a record, or a batch, was refused: HubSpot's words, the property and its code.

    `about` are the trace ids and record ids that it names; `other` is the record that has the
    value already.
    """

    words: str
    field: str = ""
    code: str = ""
    about: frozenset[str] = frozenset()
    other: str = ""

    @property
    def is_of_the_property(self) -> bool:
        return bool(self.field) and self.code in OF_THE_PROPERTY

    @property
    def is_of_the_key(self) -> bool:
        """Tell whether the key field cannot be looked up by, so that no record can be written."""
        return OF_THE_KEY in self.words

    def outcome(self, *, key_field: str, is_known: bool) -> Outcome:
        """Return what it means for a record; `is_known` is one whose id we had."""
        if self.code in GONE:
            return "gone" if is_known else "rejected"
        if self.code in PASSING:
            return "again"
        if self.other:
            # Our own key is taken: a write of it arrived in this moment, and the next one finds it.
            return "again" if self.field == key_field and not is_known else "several"
        return "rejected"


def read_complaint(error: Any) -> Complaint:
    """Return what an error's envelope says, of a whole batch or of one record in it."""
    if not isinstance(error, dict):
        return Complaint("HubSpot refused it and did not say why")
    message = str(error.get("message") or "HubSpot refused it and did not say why")
    detail = _detail(error, message)
    words = str(detail.get("message") or message)
    code = str(detail.get("code") or detail.get("error") or error.get("category") or "")
    field = _named(detail, "propertyName") or str(detail.get("name") or "")
    about = _all(error, "objectWriteTraceId") | _all(error, "ids") | _all(error, "id")
    if taken := TAKEN.search(message):
        return Complaint(_taken(taken[1], taken[2]), taken[1], code, about, taken[2])
    if exists := EXISTS.search(message):
        profile = error.get("identityProfile")
        other = exists[1] or (profile.get("vid") if isinstance(profile, dict) else None)
        said = str(other or "of another id")
        return Complaint(_taken("email", said), "email", code, about, said)
    return Complaint(words, field, code, about)


def _taken(field: str, other: str) -> str:
    name = "e-mail" if field == "email" else field
    return (
        f"HubSpot's record {other} has this {name} already. Link ours to that one, merge the two "
        f"in HubSpot, or change the {name} of one"
    )


def _detail(error: Mapping[str, Any], message: str) -> Mapping[str, Any]:
    """Return the first of an error's details: a list of its own, or one inside its message."""
    details = error.get("errors")
    if not details and (start := message.find("[{")) >= 0:
        try:
            details = orjson.loads(message[start:])
        except orjson.JSONDecodeError:
            details = None
    first = details[0] if isinstance(details, list) and details else None
    return first if isinstance(first, dict) else {}


def _named(detail: Mapping[str, Any], name: str) -> str:
    return next(iter(sorted(_all(detail, name))), "")


def _all(error: Mapping[str, Any], name: str) -> frozenset[str]:
    context = error.get("context")
    found = context.get(name) if isinstance(context, dict) else None
    values = found if isinstance(found, list) else [found]
    return frozenset(str(value) for value in values if value not in (None, ""))
