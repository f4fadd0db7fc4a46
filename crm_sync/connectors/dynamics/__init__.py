"""Dynamics 365 by the Dataverse Web API: accounts, contacts and leads, upserted in batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_sync.connector import (
    COMPANY,
    CONTACT,
    LEAD,
    Allowance,
    Api,
    Field,
    Page,
    Problem,
    Remote,
    Write,
    Written,
)
from crm_sync.connectors.dynamics import changes, checking, describing, reading, writing
from crm_sync.connectors.dynamics.allowed import allowances
from crm_sync.connectors.dynamics.defaults import DEFAULTS, SAME_BY
from crm_sync.connectors.dynamics.provider import KEY_FIELD, PROVIDER


class Dynamics:
    """The connector (crm_sync.connector.Connector)."""

    slug = "dynamics"
    label = "Dynamics 365"
    docs = PROVIDER.docs
    provider = PROVIDER
    objects: Sequence[str] = (COMPANY, CONTACT, LEAD)
    key_fields: Mapping[str, str] = dict.fromkeys(objects, KEY_FIELD)
    batch: Mapping[str, int] = dict.fromkeys(objects, writing.BATCH)
    per_call = 100
    call_cost = 1
    has_upsert = True
    defaults = DEFAULTS
    same_by = SAME_BY

    async def describe(self, api: Api, obj: str) -> Sequence[Field]:
        return await describing.describe(api, obj)

    async def allowances(self, api: Api) -> Sequence[Allowance]:
        return await allowances(api)

    async def check(self, api: Api, obj: str) -> Sequence[Problem]:
        return await checking.check(api, obj)

    async def write(self, api: Api, obj: str, writes: Sequence[Write]) -> Sequence[Written]:
        return await writing.write(api, obj, writes)

    async def relate(self, api: Api, pairs: Sequence[tuple[str, str]]) -> Sequence[Written]:
        return await writing.relate(api, pairs)

    async def delete(self, api: Api, obj: str, remote_ids: Sequence[str]) -> Sequence[Written]:
        return await writing.delete(api, obj, remote_ids)

    async def read(
        self, api: Api, obj: str, remote_ids: Sequence[str], fields: Sequence[str]
    ) -> Sequence[Remote]:
        return await reading.read(api, obj, remote_ids, fields)

    async def find(
        self, api: Api, obj: str, by: Sequence[tuple[str, str]], fields: Sequence[str]
    ) -> Sequence[Remote]:
        return await reading.find(api, obj, by, fields)

    async def changed(
        self, api: Api, obj: str, cursor: Mapping[str, Any], fields: Sequence[str]
    ) -> Page:
        return await changes.changed(api, obj, cursor, fields)


DYNAMICS = Dynamics()
