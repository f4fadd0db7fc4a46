"""Finds which records bear our keys, before anything is made that may be there already.

First among the newest, which is one list for all, since search lags behind what was written a
moment ago; then by search, which knows the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from crm_sync.connector import Api
from crm_sync.connectors.pipedrive.fields import Schema
from crm_sync.connectors.pipedrive.reading import newest_with, records, search
from crm_sync.connectors.pipedrive.values import key_of
from integrations.errors import CallError

Found = Sequence[str] | CallError


async def with_keys(api: Api, schema: Schema, keys: Sequence[str]) -> Mapping[str, Found]:
    """Return the ids of the records that bear these keys, or why that is not known of one.

    Raises the error where the newest could not be listed: nothing is known of any then.
    """
    if not keys:
        return {}
    found: dict[str, Found] = {**await newest_with(api, schema, keys)}
    rest = [key for key in keys if key not in found]

    async def searched(key: str) -> Found:
        try:
            return await search(api, schema, "custom_fields", key)
        except CallError as error:
            return error

    told = dict(zip(rest, await asyncio.gather(*map(searched, rest)), strict=True))
    ids = [id_ for some in told.values() if not isinstance(some, CallError) for id_ in some]
    # Search looks at all custom fields, and may be behind: the record itself decides.
    bearing = {str(each["id"]): key_of(schema, each) for each in await records(api, schema, ids)}
    for key, some in told.items():
        if isinstance(some, CallError):
            found[key] = some
        else:
            found[key] = [id_ for id_ in some if bearing.get(id_) == key]
    return found
