"""Looks for what has to be mended in Pipedrive before a sync writes anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from crm_sync.connector import Answer, Api, Problem
from crm_sync.connectors.pipedrive.fields import (
    OBJECT,
    PAGE,
    Schema,
    ask_schema,
    create_key_field,
)
from crm_sync.connectors.pipedrive.provider import data_of
from crm_sync.connectors.pipedrive.reading import only, told_time
from crm_sync.connectors.pipedrive.values import key_of
from integrations.errors import NotEntitled

CLOCK_OFF_S = 120


async def check(api: Api, obj: str) -> Sequence[Problem]:
    """Return what has to be mended; see `Connector.check`.

    Two records with one key are found among the 500 that were changed last: Pipedrive has no
    question for it, and to list all costs 10 tokens for each 500.
    """
    try:
        schema = await ask_schema(api, obj)
        if not schema.key and api.options.get("create_key_field"):
            schema = await create_key_field(api, obj)
        problems = _of_key(api, schema)
        params = {"sort_by": "update_time", "sort_direction": "desc", "limit": str(PAGE)}
        params.update(only(schema, ()))
        answer = await api.ask("GET", schema.path, params=params)
    except NotEntitled as error:
        words = f"{error}. Allow it contacts:full and recents:read, or use another token"
        return [Problem(words, object=obj)]
    return [*problems, *_of_clock(answer, obj), *_doubled(schema, answer)]


def _of_key(api: Api, schema: Schema) -> list[Problem]:
    label, obj = api.key_fields[schema.obj], schema.obj
    if not schema.key:
        words = (
            f"There is no field called {label!r} of {OBJECT[obj]}. Make it in Pipedrive under "
            f"Company settings, Data fields, as a text field, or let this connection make it"
        )
        return [Problem(words, label, obj)]
    if len(schema.keys) > 1:
        words = f"{len(schema.keys)} fields of {OBJECT[obj]} are called {label!r}. Keep one of them"
        return [Problem(words, label, obj)]
    field = schema.fields[schema.key]
    if not field.is_key:
        words = f"The field {label!r} has to be a text field, which search looks at"
        return [Problem(words, field.name, obj)]
    if field.is_readonly:
        return [Problem(f"The field {label!r} cannot be written to", field.name, obj)]
    return []


def _of_clock(answer: Answer, obj: str) -> list[Problem]:
    off_s = (told_time(answer) - datetime.now(UTC)).total_seconds()
    if abs(off_s) < CLOCK_OFF_S:
        return []
    side = "ahead of" if off_s > 0 else "behind"
    words = (
        f"Pipedrive's clock is {abs(off_s) / 60:.0f} minutes {side} ours, so nobody can tell "
        "which change is newer. Set this server's clock"
    )
    return [Problem(words, object=obj)]


def _doubled(schema: Schema, answer: Answer) -> list[Problem]:
    ids: dict[str, list[str]] = {}
    for each in data_of(answer) or []:
        if key := key_of(schema, each):
            ids.setdefault(key, []).append(str(each["id"]))
    return [
        Problem(
            f"The {OBJECT[schema.obj]} {', '.join(some)} have one key, {key}. "
            "Merge them in Pipedrive, or clear the field in all but one",
            schema.key,
            schema.obj,
        )
        for key, some in ids.items()
        if len(some) > 1
    ]
