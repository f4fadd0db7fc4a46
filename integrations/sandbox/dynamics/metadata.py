"""What the played Dynamics tells of its tables: EntityDefinitions, their columns and their keys."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from integrations.sandbox.dynamics.refusals import Refusal
from integrations.sandbox.dynamics.schema import KEY, SPECS, Column, Spec

ADDRESS = re.compile(
    r"EntityDefinitions\(LogicalName='(?P<table>\w+)'\)"
    r"(?P<part>/Keys|/Attributes(\(LogicalName='(?P<column>\w+)'\))?"
    r"(/Microsoft\.Dynamics\.CRM\.(?P<kind>\w+)AttributeMetadata)?)?"
)
CHOICES = ("Picklist", "State", "Status", "MultiSelectPicklist")


def told(
    path: str, *, keys: dict[str, str], dropped: Collection[str], untracked: Collection[str]
) -> dict[str, Any]:
    """Return what an address tells. Raises Refusal for tables and columns that there are not."""
    found = ADDRESS.fullmatch(path)
    spec = SPECS.get(found["table"]) if found else None
    if found is None or spec is None:
        raise Refusal(404, "0x80060888", f"Could not find an entity by {path[:100]!r}.")
    if found["column"]:
        column = spec.columns.get(found["column"])
        if column is None or column.name in dropped:
            raise Refusal(404, "0x80060888", f"Could not find an attribute {found['column']!r}.")
        return attribute(column)
    if found["part"] == "/Keys":
        return {"value": keys_of(keys.get(spec.name, "Active"))}
    if found["part"]:
        kinds = {found["kind"]} if found["kind"] else None
        columns = [each for each in spec.columns.values() if each.name not in dropped]
        return {"value": [attribute(c) for c in columns if kinds is None or c.kind in kinds]}
    return definition(spec, untracked)


def definition(spec: Spec, untracked: Collection[str]) -> dict[str, Any]:
    return {
        "LogicalName": spec.name,
        "EntitySetName": spec.entity_set,
        "PrimaryIdAttribute": spec.id,
        "ChangeTrackingEnabled": spec.name not in untracked,
        "DisplayName": label(spec.label),
    }


def keys_of(state: str) -> list[dict[str, Any]]:
    if not state:
        return []
    return [
        {
            "SchemaName": "new_Switchboard",
            "KeyAttributes": [KEY],
            "EntityKeyIndexStatus": state,
        }
    ]


def attribute(column: Column) -> dict[str, Any]:
    """Return a column; a multiple choice is a virtual one with a type name of its own."""
    is_many = column.kind == "MultiSelectPicklist"
    found: dict[str, Any] = {
        "LogicalName": column.name,
        "AttributeType": "Virtual" if is_many else column.kind,
        "AttributeTypeName": {"Value": f"{column.kind}Type"},
        "AttributeOf": None,
        "DisplayName": label(column.label),
        "RequiredLevel": {"Value": column.level, "CanBeChanged": True},
        "IsValidForCreate": column.is_written,
        "IsValidForUpdate": column.is_written,
        "IsValidForRead": True,
    }
    if column.length:
        found["MaxLength"] = column.length
        found["FormatName"] = {"Value": column.form}
    if column.kind == "DateTime":
        found["Format"] = column.form
    if column.kind in CHOICES:
        found["OptionSet"] = {
            "Options": [{"Value": n, "Label": label(words)} for n, words in column.options.items()]
        }
        found["GlobalOptionSet"] = None
    return found


def label(words: str) -> dict[str, Any]:
    return {"UserLocalizedLabel": {"Label": words, "LanguageCode": 1033}, "LocalizedLabels": []}
