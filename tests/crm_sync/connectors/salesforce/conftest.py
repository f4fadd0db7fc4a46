"""An org of its own for each test, in one sandbox."""

from __future__ import annotations

import asyncio

import pytest

from crm_sync.connector import CONTACT, Write
from crm_sync.connectors.salesforce import SALESFORCE
from tests.crm_sync.apis import api_to
from tests.crm_sync.keys import new_key
from tests.integrations.sandbox.running import running_sandbox


class Org:
    """The played org, and what a sync would ask of it."""

    def __init__(self, sandbox):
        self.sandbox = sandbox

    def run(self, work, **options):
        """Return what `work(api)` returns, with the connection's options."""

        async def main():
            async with api_to(SALESFORCE, self.sandbox, options=options) as api:
                return await work(api)

        return asyncio.run(main())

    def control(self, **wanted):
        answer = self.sandbox.http.post("/_control/salesforce", json=wanted)
        answer.raise_for_status()
        return answer.json()

    def rows(self, obj="Contact"):
        return self.control(rows=obj)["rows"]

    def asked(self, method, ending):
        """How often something was asked."""
        told = self.sandbox.http.get("/_control/salesforce").json()["asked"]
        return sum(n for what, n in told.items() if what.startswith(method) and ending in what)

    def write(self, *writes, obj=CONTACT, **options):
        work = lambda api: SALESFORCE.write(api, obj, writes)  # noqa: E731 # one call
        return {one.key: one for one in self.run(work, **options)}

    def pull(self, cursor, fields=("Email",)):
        """All pages since a cursor: (records, the cursor of the next sync)."""

        async def work(api):
            found, at, has_more = [], cursor, True
            while has_more:
                page = await SALESFORCE.changed(api, CONTACT, at, fields)
                found, at, has_more = [*found, *page.records], page.cursor, page.has_more
            return found, at

        return self.run(work)


@pytest.fixture(scope="package")
def played():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def org(played):
    played.fresh()
    return Org(played)


def person(n=0, **values):
    """Somebody to be written."""
    return Write(new_key(), {"LastName": "Lovelace", "Email": f"p{n}@example.test", **values})


def with_id(write, remote_id, **values):
    """The same person, known by an id now."""
    return Write(write.key, {**write.values, **values}, remote_id)
