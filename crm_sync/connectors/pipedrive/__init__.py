"""Pipedrive, by the second version of its API: organizations and persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_sync.connector import (
    COMPANY,
    CONTACT,
    Allowance,
    Api,
    Field,
    Page,
    Problem,
    Remote,
    Row,
    Write,
    Written,
)
from crm_sync.connectors.pipedrive import changes, checking, reading, writing
from crm_sync.connectors.pipedrive.fields import ask_schema, schema_of
from crm_sync.connectors.pipedrive.provider import (
    OLDER,
    PROVIDER,
    TOKENS_LEFT,
    next_day,
)
from crm_sync.connectors.pipedrive.values import remote_of
from integrations.reading import whole_of

BATCH = 50
KEY = "Switchboard ID"
TOKENS = "x-daily-ratelimit-token-limit"


class Pipedrive:
    """`connector.Connector` for Pipedrive.

    The first and last name are made by Pipedrive of the name. A person's e-mail and phone are the
    primary ones; others stay. Job titles are left out of the default mapping: only companies with
    contact sync have them.
    """

    slug = "pipedrive"
    label = "Pipedrive"
    docs = "https://developers.pipedrive.com/docs/api/v1"
    provider = PROVIDER
    objects: Sequence[str] = (COMPANY, CONTACT)
    key_fields: Mapping[str, str] = {COMPANY: KEY, CONTACT: KEY}
    batch: Mapping[str, int] = {COMPANY: BATCH, CONTACT: BATCH}
    per_call = 1
    call_cost = 5
    has_upsert = False
    defaults: Mapping[str, Sequence[Row]] = {
        COMPANY: (
            Row("name", "name"),
            Row("address_line", "address.route"),
            Row("city", "address.locality"),
            Row("state", "address.admin_area_level_1"),
            Row("postal_code", "address.postal_code"),
            Row("country", "address.country"),
        ),
        CONTACT: (
            Row("full_name", "name"),
            Row("first_name", "first_name", "pull"),
            Row("last_name", "last_name", "pull"),
            Row("email", "email"),
            Row("phone_e164", "phone", "push"),
        ),
    }
    same_by: Mapping[str, Sequence[tuple[str, str]]] = {
        COMPANY: (("name", "name"),),
        CONTACT: (("email", "email"), ("phone_e164", "phone")),
    }

    async def describe(self, api: Api, obj: str) -> Sequence[Field]:
        return list((await ask_schema(api, obj)).fields.values())

    async def allowances(self, api: Api) -> Sequence[Allowance]:
        """Return what the headers of an answer tell; those of the tokens may be missing."""
        headers = (await api.ask("GET", f"{OLDER}/users/me")).headers
        found: list[Allowance] = []
        if most := whole_of(headers, TOKENS):
            left = whole_of(headers, TOKENS_LEFT)
            found.append(Allowance("API tokens", most, left, "day", next_day()))
        if most := whole_of(headers, "x-ratelimit-limit"):
            left = whole_of(headers, "x-ratelimit-remaining")
            found.append(Allowance("Requests", most, left, "2 seconds"))
        return found

    async def check(self, api: Api, obj: str) -> Sequence[Problem]:
        return await checking.check(api, obj)

    async def write(self, api: Api, obj: str, writes: Sequence[Write]) -> Sequence[Written]:
        return await writing.write(api, await schema_of(api, obj), writes)

    async def relate(self, api: Api, pairs: Sequence[tuple[str, str]]) -> Sequence[Written]:
        return await writing.relate(api, await schema_of(api, CONTACT), pairs)

    async def delete(self, api: Api, obj: str, remote_ids: Sequence[str]) -> Sequence[Written]:
        return await writing.delete(api, await schema_of(api, obj), remote_ids)

    async def read(
        self, api: Api, obj: str, remote_ids: Sequence[str], fields: Sequence[str]
    ) -> Sequence[Remote]:
        schema = await schema_of(api, obj)
        found = await reading.records(api, schema, remote_ids, fields)
        return [remote_of(schema, each, fields) for each in found]

    async def find(
        self, api: Api, obj: str, by: Sequence[tuple[str, str]], fields: Sequence[str]
    ) -> Sequence[Remote]:
        return await reading.find(api, await schema_of(api, obj), by, fields)

    async def changed(
        self, api: Api, obj: str, cursor: Mapping[str, Any], fields: Sequence[str]
    ) -> Page:
        return await changes.changed(api, await schema_of(api, obj), cursor, fields)


PIPEDRIVE = Pipedrive()
