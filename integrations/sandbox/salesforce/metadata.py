"""The objects of the played Salesforce: their fields, as a describe tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

KEY = "Switchboard_Id__c"
Fields = dict[str, dict[str, Any]]

READ_ONLY = {"createable": False, "updateable": False}
SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")
INDUSTRIES = ("Agriculture", "Banking", "Construction", "Retail", "Technology", "Other")
LEVELS = ("Primary", "Secondary", "Tertiary")


def one(
    name: str, label: str, kind: str = "string", length: int = 0, **more: Any
) -> dict[str, Any]:
    """Return a field of a describe with those of its attributes that anybody reads."""
    options: Sequence[str] = more.pop("options", ())
    return {
        "name": name,
        "label": label,
        "type": kind,
        "length": length,
        "nillable": True,
        "defaultedOnCreate": False,
        "createable": True,
        "updateable": True,
        "externalId": False,
        "unique": False,
        "calculated": False,
        "restrictedPicklist": False,
        "referenceTo": [],
        "picklistValues": [
            {"active": True, "defaultValue": False, "label": each, "value": each}
            for each in options
        ],
        **more,
    }


def address(prefix: str) -> list[dict[str, Any]]:
    """Return the five parts of an address, with Salesforce's lengths."""
    return [
        one(f"{prefix}Street", f"{prefix} Street", "textarea", 255),
        one(f"{prefix}City", f"{prefix} City", "string", 40),
        one(f"{prefix}State", f"{prefix} State/Province", "string", 80),
        one(f"{prefix}PostalCode", f"{prefix} Zip/Postal Code", "string", 20),
        one(f"{prefix}Country", f"{prefix} Country", "string", 80),
    ]


def of_all() -> list[dict[str, Any]]:
    """Return what every object has."""
    stamps = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
    return [
        one("Id", "Record ID", "id", 18, nillable=False, defaultedOnCreate=True, **READ_ONLY),
        one("IsDeleted", "Deleted", "boolean", nillable=False, **READ_ONLY),
        *(one(each, each, "datetime", nillable=False, **READ_ONLY) for each in stamps),
        one(KEY, "Switchboard Id", "string", 36, externalId=True, unique=True),
    ]


def objects() -> dict[str, Fields]:
    """Return the fields of each object by name."""
    contact = [
        *of_all(),
        one("AccountId", "Account ID", "reference", 18, referenceTo=["Account"]),
        one("LastName", "Last Name", "string", 80, nillable=False),
        one("FirstName", "First Name", "string", 40),
        one("Name", "Full Name", "string", 121, nillable=False, **READ_ONLY),
        *address("Mailing"),
        one("Phone", "Business Phone", "phone", 40),
        one("MobilePhone", "Mobile Phone", "phone", 40),
        one("Email", "Email", "email", 80),
        one("Title", "Title", "string", 128),
        one("Department", "Department", "string", 80),
        one("LeadSource", "Lead Source", "picklist", 255, options=SOURCES),
        one("Birthdate", "Birthdate", "date"),
        one("Description", "Contact Description", "textarea", 32000),
        one("DoNotCall", "Do Not Call", "boolean", nillable=False, defaultedOnCreate=True),
        one("Level__c", "Level", "picklist", 255, options=LEVELS, restrictedPicklist=True),
        one("Score__c", "Score", "double"),
    ]
    account = [
        *of_all(),
        one("Name", "Account Name", "string", 255, nillable=False),
        *address("Billing"),
        one("Phone", "Account Phone", "phone", 40),
        one("Website", "Website", "url", 255),
        one("Industry", "Industry", "picklist", 255, options=INDUSTRIES),
        one("AnnualRevenue", "Annual Revenue", "currency"),
        one("NumberOfEmployees", "Employees", "int"),
        one("Description", "Account Description", "textarea", 32000),
    ]
    found = {"Contact": contact, "Account": account}
    return {name: {each["name"]: each for each in fields} for name, fields in found.items()}


def described(name: str, fields: Fields, rights: Mapping[str, bool]) -> dict[str, Any]:
    """Return an object's describe."""
    allowed = {"createable": True, "updateable": True, "deletable": True, "queryable": True}
    return {
        "name": name,
        "label": name,
        "keyPrefix": {"Contact": "003", "Account": "001"}[name],
        "replicateable": True,
        **allowed,
        **rights,
        "fields": list(fields.values()),
    }
