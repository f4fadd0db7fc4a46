"""What the fields of an object are, out of Dataverse's own metadata, in one request."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from crm_sync.connector import Api, Field, Type
from crm_sync.connectors.dynamics.multipart import Operation, Part, send
from crm_sync.connectors.dynamics.provider import classify, definition
from integrations.errors import ContractBroken

_CRM = "Microsoft.Dynamics.CRM."
_CHOICES = "?$select=LogicalName&$expand=OptionSet($select=Options)"
_GLOBAL = ",GlobalOptionSet($select=Options)"
# The columns; what only some kinds of them have, by kind; and the keys.
_ASKED = (
    "/Attributes?$select=LogicalName,AttributeType,AttributeTypeName,DisplayName,RequiredLevel,"
    "IsValidForCreate,IsValidForUpdate,IsValidForRead,AttributeOf",
    f"/Attributes/{_CRM}StringAttributeMetadata?$select=LogicalName,MaxLength,FormatName",
    f"/Attributes/{_CRM}MemoAttributeMetadata?$select=LogicalName,MaxLength",
    f"/Attributes/{_CRM}DateTimeAttributeMetadata?$select=LogicalName,Format",
    f"/Attributes/{_CRM}PicklistAttributeMetadata{_CHOICES}{_GLOBAL}",
    f"/Attributes/{_CRM}MultiSelectPicklistAttributeMetadata{_CHOICES}{_GLOBAL}",
    f"/Attributes/{_CRM}StateAttributeMetadata{_CHOICES}",
    f"/Attributes/{_CRM}StatusAttributeMetadata{_CHOICES}",
    "/Keys?$select=KeyAttributes,EntityKeyIndexStatus",
)
_TYPES: Mapping[str, Type] = {
    "StringType": "text", "MemoType": "text", "IntegerType": "number", "BigIntType": "number",
    "DecimalType": "number", "DoubleType": "number", "MoneyType": "money", "BooleanType": "bool",
    "DateTimeType": "datetime", "PicklistType": "option", "StateType": "option",
    "StatusType": "option", "MultiSelectPicklistType": "options", "LookupType": "reference",
    "CustomerType": "reference", "OwnerType": "reference", "UniqueidentifierType": "other",
}  # fmt: skip
_FORMATS: Mapping[str, Type] = {"Email": "email", "Phone": "phone", "Url": "url"}
# What nobody fills in: the system does, also where it is required.
_BY_HAND = frozenset({"text", "email", "phone", "url"})


async def describe(api: Api, obj: str) -> list[Field]:
    """Return the fields as they are now. Raises NotFound, NotEntitled."""
    parts = await send(api, [Operation("GET", definition(obj, rest)) for rest in _ASKED])
    columns, *details, keys = [_listed(part) for part in parts]
    more: dict[str, dict[str, Any]] = {}
    for each in (one for listed in details for one in listed):
        more.setdefault(each["LogicalName"], {}).update(each)
    unique = {
        key["KeyAttributes"][0]
        for key in keys
        if len(key["KeyAttributes"]) == 1 and key.get("EntityKeyIndexStatus") == "Active"
    }
    found = (_field({**one, **more.get(one["LogicalName"], {})}, unique) for one in columns)
    return [each for each in found if each]


def _listed(part: Part | None) -> Sequence[Mapping[str, Any]]:
    """Return what one part lists. Raises what its refusal means."""
    if part is None or not 200 <= part.status < 300:
        error = classify(part.status, part.body, part.headers) if part else None
        raise error or ContractBroken("Dynamics 365: its metadata was not told")
    listed: Sequence[Mapping[str, Any]] = part.body["value"]
    return listed


def _field(column: Mapping[str, Any], unique: set[str]) -> Field | None:
    """Return a column as a field; None for what is a part of another, or cannot be read."""
    type_ = _type(column)
    if type_ is None or column.get("AttributeOf") or not column.get("IsValidForRead", True):
        return None
    name = column["LogicalName"]
    level = (column.get("RequiredLevel") or {}).get("Value")
    is_written = bool(column.get("IsValidForCreate") and column.get("IsValidForUpdate"))
    is_asked = level == "ApplicationRequired" or (level == "SystemRequired" and type_ in _BY_HAND)
    return Field(
        name=f"_{name}_value" if type_ == "reference" else name,
        label=_label(column.get("DisplayName")) or name,
        type=type_,
        length=column.get("MaxLength"),
        is_required=is_asked and is_written,
        # A lookup is bound by another name than it is read by: `relate` does it.
        is_readonly=not is_written or type_ in ("reference", "other"),
        is_key=name in unique,
        options=dict(_options(column)),
    )


def _type(column: Mapping[str, Any]) -> Type | None:
    found = _TYPES.get((column.get("AttributeTypeName") or {}).get("Value", ""))
    if found == "text":
        return _FORMATS.get((column.get("FormatName") or {}).get("Value", ""), found)
    return "date" if found == "datetime" and column.get("Format") == "DateOnly" else found


def _options(column: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    options = column.get("OptionSet") or column.get("GlobalOptionSet") or {}
    for each in options.get("Options") or ():
        yield str(each["Value"]), _label(each.get("Label")) or str(each["Value"])


def _label(told: Any) -> str:
    label = told.get("UserLocalizedLabel") if isinstance(told, Mapping) else None
    return str((label or {}).get("Label") or "")


@dataclass(slots=True)
class _Known:
    """Fields by object and name, asked for once by whoever comes first."""

    fields: dict[str, dict[str, Field]] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


# As long as an Api lasts, which is one sync: options are numbers in Dataverse and texts with us,
# so that each write of one would have to ask what the column is.
_KNOWN: WeakKeyDictionary[Api, _Known] = WeakKeyDictionary()


async def known(api: Api, obj: str) -> Mapping[str, Field]:
    """Return the fields by name, as they were when this sync began."""
    found = _KNOWN.setdefault(api, _Known())
    async with found.lock:
        if obj not in found.fields:
            found.fields[obj] = {each.name: each for each in await describe(api, obj)}
        return found.fields[obj]
