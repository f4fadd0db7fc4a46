"""The mapping that each CRM begins with fits what the CRM, as it is played, describes."""

import asyncio
from functools import partial

import pytest

from crm_sync.mapping import service
from crm_sync.mapping.check import check
from crm_sync.models import Connection
from crm_sync.registry import CONNECTORS
from tests.crm_sync.apis import api_to
from tests.integrations.sandbox.running import running_sandbox


@pytest.fixture(scope="module")
def sandbox():
    with running_sandbox() as played:
        yield played


def described(sandbox, kind, obj):
    async def ask():
        async with api_to(kind, sandbox, options={}) as api:
            return await kind.describe(api, obj)

    return {one.name: one for one in asyncio.run(ask())}


@pytest.mark.parametrize("slug", sorted(CONNECTORS))
def test_ar_37_defaults_have_nothing_to_mend(sandbox, slug):
    kind, of = CONNECTORS[slug], Connection(kind=slug)
    for obj in kind.objects:
        rows, fields = service.defaults(of, obj), described(sandbox, kind, obj)
        find = partial(check, rows, fields, kind.key_fields[obj], obj=obj)

        assert find(must_be_unique=kind.has_upsert) == [], obj
