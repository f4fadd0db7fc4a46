"""Referrals as Partner Center writes them, how they may change, and its errors."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from integrations.sandbox.crm.store import Row
from integrations.sandbox.responder import Answer

# "Status & Substatus transition states", learn.microsoft.com, "Referral resources".
SUBSTATUSES = {
    "New": ("Pending", "Received"),
    "Active": ("Accepted",),
    "Closed": ("Won", "Lost", "Declined", "Expired"),
}
NEXT = {"New": ("New", "Active", "Closed"), "Active": ("Active", "Closed"), "Closed": ("Closed",)}
FIXED = ("id", "createdDateTime", "updatedDateTime", "eTag", "links", "direction")
TREES = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel")
AREAS = ("212", "312", "415", "512", "617", "702", "808", "919")
KINDS = (("Independent", "Direct"), ("Independent", "SalesQualified"), ("Shared", "None"))


class Refused(Exception):
    """A refusal in Partner Center's envelope."""

    def __init__(
        self, status: int, code: str, message: str, inner: str = "", retry_after: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = refusal(code, message, inner)
        self.retry_after = retry_after

    def answer(self) -> Answer:
        headers = [(b"retry-after", self.retry_after.encode())] if self.retry_after else []
        return Answer(self.status, self.body, headers=headers)


def refusal(code: str, message: str, inner: str = "") -> bytes:
    """Return an error's body; the inner one is more special."""
    error: dict[str, Any] = {"code": code, "message": message, "target": "referral"}
    if inner:
        error["innerError"] = {"code": inner, "message": message}
    return orjson.dumps({"error": error})


def document(row: Row) -> dict[str, Any]:
    """Return a referral as it is told; its times are its record's."""
    created = stamp(row.created_ms)
    return {
        "direction": "Incoming", "createdDateTime": created, **row.values, "id": row.id,
        "updatedDateTime": stamp(row.modified_ms),
        "eTag": version_of(row),
        "links": {
            "self": {"uri": f"https://api.partner.microsoft.com{_own(row)}", "method": "GET"}
        },
    }  # fmt: skip


def version_of(row: Row) -> str:
    return f'"{row.version:08x}-0000-0000-0000-5bf4967d0000"'


def stamp(ms: int) -> str:
    """Return a time with the seven decimals that .NET writes."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"


def patched(row: Row, body: bytes) -> dict[str, Any]:
    """Return what a JSON Patch makes of a referral's fields. Raises Refused."""
    try:
        steps = orjson.loads(body)
    except orjson.JSONDecodeError:
        steps = None
    if not isinstance(steps, list) or not steps:
        raise Refused(400, "invalidRequest", "The body is no JSON Patch document.")
    values = deepcopy(row.values)
    for step in steps:
        _take(values, step)
    _check(row.values, values)
    return values


def invented(number: int) -> dict[str, Any]:
    """Return a referral made from its number alone."""
    tree, (kind, quality) = TREES[number % len(TREES)], KINDS[number % len(KINDS)]
    host = f"{tree.lower()}{number}.test"
    ends = datetime.now(UTC) + timedelta(days=14)
    return {
        "engagementId": f"engagement-{number}", "name": f"{tree} {number}", "status": "New",
        "substatus": "Pending", "type": kind, "qualification": quality,
        "expirationDateTime": f"{ends:%Y-%m-%dT00:00:00Z}",
        "customerProfile": {
            "name": f"{tree} Works {number}", "address": {"city": "Boston", "country": "US"},
            "size": "10to50employees", "ids": {},
            "team": [{
                "firstName": "Ann", "lastName": tree, "email": f"ann@{host}",
                "phoneNumber": f"+1{AREAS[number // 100 % len(AREAS)]}55501{number % 100:02d}",
            }],
        },
        "consent": {"consentToContact": True, "consentToToShareInfoWithOthers": True},
        "details": {"notes": "We look for somebody to move our mail.", "dealValue": 1000 + number,
                    "currency": "USD", "requirements": {}},
        "team": [{"firstName": "John", "lastName": "Doe", "email": "john@microsoft.test"}],
        "inviteContext": {"invitedBy": {"organizationId": "msft", "organizationName": "Microsoft"}},
    }  # fmt: skip


def _take(values: dict[str, Any], step: Any) -> None:
    if not isinstance(step, Mapping) or step.get("op") not in ("replace", "add"):
        raise Refused(400, "invalidRequest", "Only replace and add are supported.")
    *way, last = str(step.get("path", "")).removeprefix("/").split("/")
    if (way or [last])[0] in FIXED:
        raise Refused(400, "invalidRequest", f"{last} cannot be changed.")
    place: Any = values
    for name in way:
        place = place.setdefault(name, {}) if isinstance(place, dict) else None
    if isinstance(place, list) and last == "-":
        place.append(step.get("value"))
    elif isinstance(place, dict):
        place[last] = step.get("value")
    else:
        raise Refused(400, "invalidRequest", "There is no such path.")


def _check(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    status, substatus = after.get("status"), after.get("substatus")
    if status not in NEXT.get(str(before.get("status")), (status,)):
        words = f"A referral that is {before.get('status')} cannot become {status}."
        raise Refused(400, "invalidRequest", words)
    if substatus not in SUBSTATUSES.get(str(status), ()):
        raise Refused(400, "invalidRequest", f"{substatus} is no substatus of {status}.")


def _own(row: Row) -> str:
    return f"/v1.0/engagements/referrals/{row.id}"
