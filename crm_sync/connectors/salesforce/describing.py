"""What Salesforce says of itself: fields, what is allowed, and what has to be mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from crm_sync.connector import Allowance, Answer, Api, Field, Problem, Type
from crm_sync.connectors.salesforce.asking import TABLES, part, path
from crm_sync.connectors.salesforce.reading import their_time
from integrations.errors import NotEntitled, NotFound

KEY_LENGTH = 36  # of a UUID
CLOCK = timedelta(minutes=2)
RIGHTS = {"createable": "create", "updateable": "edit", "queryable": "read"}
ALLOWED = {
    "DailyApiRequests": "API requests",
    "DailyBulkApiBatches": "batches of the Bulk API",
}
TYPES: Mapping[str, Type] = {
    "string": "text",
    "textarea": "text",
    "encryptedstring": "text",
    "email": "email",
    "phone": "phone",
    "url": "url",
    "int": "number",
    "double": "number",
    "percent": "number",
    "currency": "money",
    "boolean": "bool",
    "date": "date",
    "datetime": "datetime",
    "picklist": "option",
    "combobox": "text",
    "multipicklist": "options",
    "reference": "reference",
    "id": "reference",
}


async def describe(api: Api, obj: str) -> list[Field]:
    """Return an object's fields."""
    answer = await _described(api, obj)
    return [_field(each) for each in part(answer.body, "fields")]


async def allowances(api: Api) -> list[Allowance]:
    """Return what is left of the last 24 hours; what the header tells where more is not ours."""
    answer = await api.ask("GET", path(api, "limits"), fine=(403,))
    if answer.status == 403:
        return _by_header(answer)
    return [
        Allowance(label, int(limit["Max"]), int(limit["Remaining"]), "24 hours")
        for name, label in ALLOWED.items()
        if (limit := answer.body.get(name)) and limit["Max"] > 0
    ]


async def check(api: Api, obj: str) -> list[Problem]:
    """Return what has to be mended before the object is synced."""
    table = TABLES[obj]
    try:
        answer = await _described(api, obj)
    except (NotEntitled, NotFound) as error:
        words = f"{table} cannot be seen ({error}). Give the user that signed in the right to it."
        return [Problem(words, object=obj)]
    lacking = [word for name, word in RIGHTS.items() if not answer.body.get(name)]
    found = []
    if lacking:
        words = f"The user that signed in may not {' or '.join(lacking)} {table} records."
        found.append(Problem(f"{words} Give it the right in its permission set.", object=obj))
    fields = {each["name"].lower(): each for each in part(answer.body, "fields")}
    key_field = api.key_fields[obj]
    found += _of_key(table, obj, key_field, fields.get(key_field.lower()))
    if found and fields.get(key_field.lower(), {}).get("unique") is False:
        found += await _repeated(api, obj, key_field)
    return found + _of_clock(answer)


async def _described(api: Api, obj: str) -> Answer:
    return await api.ask("GET", path(api, "sobjects", TABLES[obj], "describe"))


def _field(told: Mapping[str, Any]) -> Field:
    is_written = bool(told["createable"] and told["updateable"])
    return Field(
        name=told["name"],
        label=told["label"],
        type=TYPES.get(told["type"], "other"),
        length=told["length"] or None,
        is_required=is_written and not told["nillable"] and not told["defaultedOnCreate"],
        is_readonly=not is_written,
        is_key=bool(told["externalId"] and told["unique"]),
        options={each["value"]: each["label"] for each in told["picklistValues"] if each["active"]},
    )


def _of_key(table: str, obj: str, name: str, told: Mapping[str, Any] | None) -> list[Problem]:
    """Return what the key field lacks."""
    place = f"in Salesforce's Object Manager, under {table}, Fields"
    if told is None:
        words = (
            f"{table} has no field {name} that the user may see. Make it {place}: text, "
            f"{KEY_LENGTH} characters, External ID, unique; and let the user read and edit it."
        )
        return [Problem(words, name, obj)]
    lacks = {
        f"Mark {name} as External ID {place}.": not told["externalId"],
        f"Mark {name} as unique {place}: one key is one record.": not told["unique"],
        f"Let the user edit {name}: it is read-only.": not (
            told["createable"] and told["updateable"]
        ),
        f"Make {name} a text field of {KEY_LENGTH} characters {place}.": told["type"] != "string"
        or told["length"] < KEY_LENGTH,
    }
    return [Problem(words, name, obj) for words, is_lacking in lacks.items() if is_lacking]


async def _repeated(api: Api, obj: str, name: str) -> Sequence[Problem]:
    """Return the keys that more than one record has, which keeps the field from being unique."""
    query = (
        f"SELECT {name}, COUNT(Id) FROM {TABLES[obj]} WHERE {name} != null "
        f"GROUP BY {name} HAVING COUNT(Id) > 1 LIMIT 5"
    )
    answer = await api.ask("GET", path(api, "query"), params={"q": query})
    return [
        Problem(
            f"{each['expr0']} {TABLES[obj]} records have the key {each[name]}: "
            "merge them, or clear the field in those that are not ours.",
            name,
            obj,
        )
        for each in part(answer.body, "records")
    ]


def _of_clock(answer: Answer) -> list[Problem]:
    theirs = their_time(answer)
    off = datetime.now(UTC) - theirs if theirs else timedelta(0)
    if abs(off) <= CLOCK:
        return []
    minutes = round(abs(off).total_seconds() / 60)
    way = "ahead of" if off > timedelta(0) else "behind"
    words = f"This server's clock is {minutes} minutes {way} Salesforce's. Let it be set by NTP."
    return [Problem(words)]


def _by_header(answer: Answer) -> list[Allowance]:
    """Return what "api-usage=48/15000" says, [] where it says nothing."""
    told = answer.headers.get("sforce-limit-info", "")
    usage = next((each for each in told.split(";") if each.strip().startswith("api-usage=")), "")
    used, _, most = usage.partition("=")[2].partition("/")
    if not (used.isdecimal() and most.isdecimal()):
        return []
    left = max(0, int(most) - int(used))
    return [Allowance(ALLOWED["DailyApiRequests"], int(most), left, "24 hours")]
