"""The properties of the played HubSpot: what it has of its own, and what it takes of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from integrations.sandbox.hubspot.refusals import Refused, invalid

LONGEST = 65_536
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T.*)?|-?\d+")
Property = dict[str, Any]


def one(
    name: str,
    kind: str = "string",
    form: str = "text",
    *,
    options: Iterable[str] = (),
    readonly: bool = False,
    unique: bool = False,
    custom: bool = False,
) -> Property:
    """Return a property as the API tells of it."""
    return {
        "name": name,
        "label": name.replace("_", " ").capitalize(),
        "type": kind,
        "fieldType": form,
        "description": "",
        "groupName": "contactinformation",
        "options": [
            {"label": value.replace("_", " ").capitalize(), "value": value, "hidden": False}
            for value in options
        ],
        "displayOrder": -1,
        "calculated": False,
        "externalOptions": False,
        "hasUniqueValue": unique,
        "hidden": False,
        "hubspotDefined": not custom,
        "modificationMetadata": {
            "archivable": custom,
            "readOnlyDefinition": not custom,
            "readOnlyOptions": False,
            "readOnlyValue": readonly,
        },
        "formField": not readonly,
        "archived": False,
    }


STAGES = ("subscriber", "lead", "marketingqualifiedlead", "opportunity", "customer", "other")
STATUSES = ("NEW", "OPEN", "IN_PROGRESS", "UNQUALIFIED", "CONNECTED", "BAD_TIMING")
INDUSTRIES = ("ACCOUNTING", "COMPUTER_SOFTWARE", "RESTAURANTS", "RETAIL")


def _texts(names: str) -> list[Property]:
    return [one(name) for name in names.split()]


def _all() -> dict[str, dict[str, Property]]:
    key = one("switchboard_id", unique=True, custom=True)
    shared = [
        *_texts("address city state zip country website"),
        one("phone", form="phonenumber"),
        one("createdate", "datetime", "date", readonly=True),
        one("hs_object_id", "number", "number", readonly=True),
        one("lifecyclestage", "enumeration", "radio", options=STAGES),
        one("hs_lead_status", "enumeration", "radio", options=STATUSES),
        one("hubspot_owner_id", "enumeration", "select"),
    ]
    contact = [
        *_texts("firstname lastname email jobtitle company hs_linkedin_url department"),
        one("mobilephone", form="phonenumber"),
        one("lastmodifieddate", "datetime", "date", readonly=True),
        one("hs_email_optout", "enumeration", "booleancheckbox", options=("true", "false")),
        one("hs_buying_role", "enumeration", "checkbox", options=("CHAMPION", "BUDGET_HOLDER")),
        one("date_of_visit", "date", "date", custom=True),
    ]
    company = [
        *_texts("name domain founded_year linkedin_company_page facebook_company_page"),
        one("description", form="textarea"),
        one("numberofemployees", "number", "number"),
        {**one("annualrevenue", "number", "number"), "showCurrencySymbol": True},
        one("hs_lastmodifieddate", "datetime", "date", readonly=True),
        one("industry", "enumeration", "select", options=INDUSTRIES),
    ]
    sets = {"contact": [*contact, *shared, key], "company": [*company, *shared, key]}
    return {obj: {each["name"]: each for each in found} for obj, found in sets.items()}


class Properties:
    """The properties of each object; some are made and removed as tests want."""

    def __init__(self) -> None:
        self.of = _all()
        self._count()

    def make(self, obj: str, wanted: Mapping[str, Any]) -> Property:
        """Make a property as the API was asked to. Raises Refused."""
        name = str(wanted.get("name") or "")
        for needed in ("name", "label", "groupName", "type", "fieldType"):
            if not wanted.get(needed):
                raise Refused(400, "VALIDATION_ERROR", f"{needed} is required")
        if name in self.of[obj]:
            raise Refused(
                409, "OBJECT_ALREADY_EXISTS", f"A property named '{name}' already exists."
            )
        made = one(name, wanted["type"], wanted["fieldType"], custom=True,
                   unique=wanted.get("hasUniqueValue") is True)  # fmt: skip
        self.put(obj, name, {**made, "label": wanted["label"]})
        return self.of[obj][name]

    def put(self, obj: str, name: str, made: Property | None) -> None:
        """Have a property like this, or none."""
        if made is None:
            self.of[obj].pop(name, None)
        else:
            self.of[obj][name] = made
        self._count()

    def _count(self) -> None:
        """Look again at which values are unique: an e-mail is, although its property is not."""
        self.unique = {
            obj: frozenset(name for name, each in of.items() if each["hasUniqueValue"])
            | (frozenset(["email"]) if obj == "contact" else frozenset())
            for obj, of in self.of.items()
        }

    def check(self, obj: str, values: Mapping[str, Any]) -> None:
        """Raise Refused for the first value that its property does not take."""
        known = self.of[obj]
        for name, value in values.items():
            if name not in known:
                words = f'Property "{name}" does not exist'
                raise invalid(name, "PROPERTY_DOESNT_EXIST", words)
            if not isinstance(value, str):
                raise Refused(400, "VALIDATION_ERROR", f"Invalid input JSON: {name} is no string")
            check_value(known[name], value)


def check_value(prop: Property, value: str) -> None:
    """Raise Refused where this value is not one of the property's."""
    name = prop["name"]
    if prop["modificationMetadata"]["readOnlyValue"]:
        raise invalid(name, "READ_ONLY_VALUE", f'"{name}" is a read only property')
    if not value:
        return
    if len(value) > LONGEST:
        words = f"{name} was too long. It can have {LONGEST} characters at most"
        raise invalid(name, "VALUE_TOO_LONG", words)
    if name == "email" and not EMAIL.fullmatch(value):
        raise invalid(name, "INVALID_EMAIL", f"Email address {value} is invalid")
    takes = TAKES.get(prop["type"])
    if takes and not takes(prop, value):
        code = {"enumeration": "INVALID_OPTION", "number": "INVALID_INTEGER"}.get(prop["type"])
        raise invalid(name, code or "INVALID_DATE", f"{value} was not one of what {name} allows")


def _is_option(prop: Property, value: str) -> bool:
    allowed = {option["value"] for option in prop["options"]}
    chosen = value.split(";") if prop["fieldType"] == "checkbox" else [value]
    return not allowed or allowed.issuperset(chosen)


TAKES: Mapping[str, Callable[[Property, str], bool]] = {
    "enumeration": _is_option,
    "number": lambda _, value: NUMBER.fullmatch(value) is not None,
    "date": lambda _, value: DATE.fullmatch(value) is not None,
    "datetime": lambda _, value: DATE.fullmatch(value) is not None,
}
