"""HubSpot's properties: what they take, and whether one of them can hold our key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from crm_sync.connector import Api, Field, Type
from crm_sync.connectors.hubspot.provider import properties_path
from integrations.errors import ContractBroken

# knowledge.hubspot.com, property field types: single-line and multi-line text.
TEXT_LENGTH = 65_536
TYPES: Mapping[str, Type] = {
    "number": "number",
    "bool": "bool",
    "date": "date",
    "datetime": "datetime",
    "phone_number": "phone",
    "string": "text",
}
CHOICES: Mapping[str, Type] = {"checkbox": "options", "booleancheckbox": "bool"}
URLS = frozenset({"website", "linkedin_company_page", "facebook_company_page", "hs_linkedin_url"})


async def describe(api: Api, obj: str) -> Sequence[Field]:
    """Return the object's properties as they are now."""
    answer = await api.ask("GET", properties_path(obj), params={"archived": "false"})
    found = answer.body.get("results") if isinstance(answer.body, dict) else None
    if not isinstance(found, list):
        raise ContractBroken("HubSpot: the properties are no list")
    return [read_field(each) for each in found]


async def property_named(api: Api, obj: str, name: str) -> Mapping[str, Any] | None:
    """Return one property as HubSpot has it, None where there is none."""
    path = properties_path(obj, f"/{quote(name, safe='')}")
    answer = await api.ask("GET", path, fine=(404,))
    if answer.status == 404:
        return None
    if not isinstance(answer.body, dict):
        raise ContractBroken("HubSpot: a property is no object")
    return answer.body


def read_field(said: Mapping[str, Any]) -> Field:
    """Return a property in our words."""
    kind = type_of(said)
    return Field(
        name=str(said["name"]),
        label=str(said.get("label") or said["name"]),
        type=kind,
        length=TEXT_LENGTH if said.get("type") == "string" else None,
        is_readonly=is_readonly(said),
        is_key=said.get("hasUniqueValue") is True,
        options={
            str(one["value"]): str(one.get("label") or one["value"])
            for one in said.get("options") or ()
            if kind in ("option", "options")
        },
    )


def is_readonly(said: Mapping[str, Any]) -> bool:
    changing = said.get("modificationMetadata") or {}
    return changing.get("readOnlyValue") is True or said.get("calculated") is True


def type_of(said: Mapping[str, Any]) -> Type:
    """Return what a property holds, by its type, its form and its name."""
    kind, form, name = said.get("type"), said.get("fieldType"), said.get("name")
    if kind == "enumeration":
        return CHOICES.get(str(form), "option")
    if kind == "string" and name == "email":
        return "email"
    if kind == "string" and form == "phonenumber":
        return "phone"
    if kind == "string" and name in URLS:
        return "url"
    if kind == "number" and said.get("showCurrencySymbol") is True:
        return "money"
    return TYPES.get(str(kind), "other")
