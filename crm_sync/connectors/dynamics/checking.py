"""What has to be mended before a sync: the key column, its alternate key, rights, the clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from crm_sync.connector import COMPANY, CONTACT, Answer, Api, Problem
from crm_sync.connectors.dynamics.multipart import Operation, Part, send
from crm_sync.connectors.dynamics.provider import BASE, LABELS, definition, get
from integrations.errors import NotEntitled

# From here on times of change and of ours cannot be compared.
CLOCK_MOST_S = 120
KEY_LENGTH = 36  # of a UUID
_COLUMN = (
    "?$select=LogicalName,AttributeType,IsValidForCreate,IsValidForUpdate",
    "/Microsoft.Dynamics.CRM.StringAttributeMetadata?$select=MaxLength",
)
_KEYS = "/Keys?$select=SchemaName,KeyAttributes,EntityKeyIndexStatus"
_RIGHTS = {
    "Create": "create", "Read": "read", "Write": "change", "Append": "attach other records to",
}  # fmt: skip


async def check(api: Api, obj: str) -> list[Problem]:
    """Return what is wrong, nothing where all is well; see `Connector.check`."""
    try:
        who = await get(api, f"{BASE}/WhoAmI")
        found = [*_of_clock(who, datetime.now(UTC))]
        found += await _of_key(api, obj)
        found += await _of_rights(api, obj, str(who.body["UserId"]))
    except NotEntitled as refused:
        return [Problem(f"{refused} Give the application user a security role.", object=obj)]
    return found


def _of_clock(answer: Answer, now: datetime) -> Iterator[Problem]:
    try:
        there = parsedate_to_datetime(answer.headers.get("Date") or "")
    except ValueError:
        return
    off_s = (now - there).total_seconds()
    if abs(off_s) > CLOCK_MOST_S:
        way = "ahead of" if off_s > 0 else "behind"
        yield Problem(
            f"This machine's clock is {abs(off_s) / 60:.0f} minutes {way} Dynamics 365's: who "
            "changed a record last cannot be told. Set the clock, best by NTP."
        )


async def _of_key(api: Api, obj: str) -> list[Problem]:
    """Return what is wrong with the column of our key, or with the alternate key on it."""
    field = api.key_fields[obj]
    column = definition(obj, f"/Attributes(LogicalName='{field}')")
    urls = [*(f"{column}{rest}" for rest in _COLUMN), definition(obj, _KEYS)]
    there, text, keys = await send(api, [Operation("GET", url) for url in urls])
    words = _of_column(obj, field, there, text) or _of_index(obj, field, keys)
    return [Problem(words, field, obj)] if words else []


def _of_column(obj: str, field: str, there: Part | None, text: Part | None) -> str:
    where = f"the table {LABELS[obj]}"
    if there is None or there.status != 200:
        return (
            f"Make a text column {field} with 100 characters in {where}, and an alternate key on "
            "that column alone (Power Apps, Tables, Keys)."
        )
    column: Mapping[str, Any] = there.body
    if column.get("AttributeType") != "String":
        return f"The column {field} of {where} is no text column: make one, or choose another."
    if not (column.get("IsValidForCreate") and column.get("IsValidForUpdate")):
        return f"The column {field} of {where} cannot be written: choose another."
    length = text.body.get("MaxLength") if text and text.status == 200 else None
    if length is not None and length < KEY_LENGTH:
        return f"The column {field} of {where} takes {length} characters: let it take 100."
    return ""


def _of_index(obj: str, field: str, keys: Part | None) -> str:
    listed: Sequence[Mapping[str, Any]] = keys.body["value"] if keys and keys.status == 200 else []
    states = [one["EntityKeyIndexStatus"] for one in listed if one["KeyAttributes"] == [field]]
    where = f"the column {field} of the table {LABELS[obj]}"
    if not states:
        return f"Make an alternate key on {where}, and on no other with it."
    if "Active" in states:
        return ""
    if "Failed" in states:
        return (
            f"The alternate key on {where} could not be built, as a rule because two records have "
            "the same value in it. Clear one of them, then activate the key again."
        )
    return f"The alternate key on {where} is being built; that may take minutes. Check again then."


async def _of_rights(api: Api, obj: str, user_id: str) -> list[Problem]:
    """Return which rights the user lacks, nothing where Dataverse does not name its rights."""
    path = f"{BASE}/systemusers({user_id})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges"
    answer = await get(api, path)
    has = {each.get("PrivilegeName") for each in answer.body.get("RolePrivileges") or ()}
    if not any(has):
        return []
    wanted = [(f"prv{right}{LABELS[obj]}", f"{verb} {LABELS[obj].lower()}s")
              for right, verb in _RIGHTS.items()]  # fmt: skip
    if obj == CONTACT:
        wanted.append((f"prvAppendTo{LABELS[COMPANY]}", "attach contacts to accounts"))
    return [
        Problem(f"The user may not {words}: give it a security role with {name}.", object=obj)
        for name, words in wanted
        if name not in has
    ]
