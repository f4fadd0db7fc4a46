"""What has to be mended in HubSpot, or here, before anything is written to it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from crm_sync.connector import Answer, Api, Problem
from crm_sync.connectors.hubspot.changes import clock_ms
from crm_sync.connectors.hubspot.properties import is_readonly, property_named
from crm_sync.connectors.hubspot.provider import (
    MAKES_KEY_FIELD,
    OBJECTS,
    objects_path,
    properties_path,
)
from integrations.errors import NotEntitled

CLOCK_OFF_S = 120
KEY_LABEL = "Switchboard ID"


async def check(api: Api, obj: str) -> Sequence[Problem]:
    """Return what is missing: rights to read and to write, the key field, a clock that is right."""
    answer, problems = await _rights(api, obj)
    if answer is not None:
        problems += clock_problem(answer)
    if not problems or answer is not None:
        problems += await _key_problems(api, obj)
    return problems


async def _rights(api: Api, obj: str) -> tuple[Answer | None, list[Problem]]:
    """Try to read one record and to write none, which tells of both without doing anything."""
    answer, problems = None, []
    try:
        answer = await api.ask("GET", objects_path(obj), params={"limit": "1"})
    except NotEntitled as refused:
        problems.append(_right(obj, "read", refused))
    try:
        path = objects_path(obj, "/batch/update")
        await api.ask("POST", path, json={"inputs": []}, fine=(400,))
    except NotEntitled as refused:
        problems.append(_right(obj, "write", refused))
    return answer, problems


def _right(obj: str, what: str, refused: NotEntitled) -> Problem:
    scope = f"crm.objects.{OBJECTS[obj]}.{what}"
    return Problem(
        f"We may not {what} {OBJECTS[obj]} ({refused}). Add the scope {scope} to the app in "
        "HubSpot, and sign in again",
        object=obj,
    )


def clock_problem(answer: Answer) -> list[Problem]:
    """Return a problem where the two clocks differ by more than two minutes."""
    off_s = clock_ms(answer) / 1000 - time.time()
    if abs(off_s) <= CLOCK_OFF_S:
        return []
    minutes, way = round(abs(off_s) / 60), "behind" if off_s > 0 else "ahead of"
    words = (
        f"This machine's clock is {minutes} minutes {way} HubSpot's, so it cannot be told which "
        "of two changes is the newer. Let the machine set its clock by the network (NTP)"
    )
    return [Problem(words)]


async def _key_problems(api: Api, obj: str) -> list[Problem]:
    """Return why the key field cannot hold our key; with the switch, a missing one is made."""
    name = api.key_fields[obj]
    try:
        found = await property_named(api, obj, name)
        if found is None and api.options.get(MAKES_KEY_FIELD) is True:
            found = await _make_key_field(api, obj, name)
    except NotEntitled as refused:
        scope = f"crm.schemas.{OBJECTS[obj]}.read and .write"
        words = f"We may not see or make properties ({refused}). Add the scopes {scope} to the app"
        return [Problem(words, name, obj)]
    return [Problem(words, name, obj) for words in _faults(obj, name, found)]


def _faults(obj: str, name: str, found: Mapping[str, Any] | None) -> list[str]:
    thing = "contact" if OBJECTS[obj] == "contacts" else "company"
    how = (
        f"in HubSpot, under Settings, Properties, make a {thing} property of the type single-line "
        f"text with the internal name {name}, and require unique values for it"
    )
    if found is None:
        return [
            f"HubSpot has no {thing} property {name}, which holds our key: {how}; or let us make "
            "it, with the connection's option"
        ]
    if is_readonly(found):
        return [f"{name} cannot be written to. Choose another key field, or {how}"]
    if found.get("hasUniqueValue") is not True:
        return [
            f"{name} may hold one value twice, and HubSpot cannot change that later. Choose "
            f"another key field: {how.replace(name, name + '_2')}"
        ]
    if found.get("type") != "string":
        return [f"{name} is no text. Choose another key field, or {how}"]
    return []


async def _make_key_field(api: Api, obj: str, name: str) -> Mapping[str, Any] | None:
    group = "contactinformation" if OBJECTS[obj] == "contacts" else "companyinformation"
    wanted = {
        "name": name,
        "label": KEY_LABEL,
        "description": "Tells this record's counterpart in Switchboard. Do not change it.",
        "groupName": group,
        "type": "string",
        "fieldType": "text",
        "hasUniqueValue": True,
        "formField": False,
    }
    # Made by somebody else in this moment: 409, and then it is there.
    await api.ask("POST", properties_path(obj), json=wanted, fine=(409,))
    return await property_named(api, obj, name)
