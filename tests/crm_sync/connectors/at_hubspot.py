"""A HubSpot of its own for a test, and how to ask it."""

from __future__ import annotations

import asyncio

from crm_sync.connector import CONTACT, Write
from crm_sync.connectors.hubspot import HUBSPOT
from tests.crm_sync.apis import api_to
from tests.crm_sync.keys import new_key


class AtHubSpot:
    """Asks the connector, and lets things happen in HubSpot."""

    def __init__(self, sandbox):
        self.sandbox = sandbox

    def ask(self, method, *args, options=None):
        """Call a method of the connector's and return what it returns."""

        async def main():
            async with api_to(HUBSPOT, self.sandbox, options=options) as api:
                return await getattr(HUBSPOT, method)(api, *args)

        return asyncio.run(main())

    def write(self, *writes, obj=CONTACT):
        return {one.key: one for one in self.ask("write", obj, list(writes))}

    def let(self, **wanted):
        answer = self.sandbox.http.post("/_control/hubspot", json=wanted)
        answer.raise_for_status()
        return answer.json()

    def told(self):
        return self.sandbox.http.get("/_control/hubspot").json()

    def asked(self, ending):
        """How often a path with this ending was asked."""
        return sum(n for path, n in self.told()["asked"].items() if path.endswith(ending))

    def rows(self, obj=CONTACT):
        return self.let(rows=obj)["rows"]

    def make(self, obj=CONTACT, **values):
        return self.let(create=[obj, values])["id"]

    def pages(self, cursor=None, fields=("jobtitle",), obj=CONTACT):
        """All pages since a cursor, to the last one."""
        found = []
        while not found or found[-1].has_more:
            at = found[-1].cursor if found else cursor or {}
            found.append(self.ask("changed", obj, at, fields))
        return found

    def changed(self, cursor=None):
        """The ids of what changed, and the next cursor."""
        found = self.pages(cursor)
        return [one.id for page in found for one in page.records], found[-1].cursor


def person(n=0, remote_id="", **values):
    given = {"firstname": "Ada", "email": f"person{n}@example.test", **values}
    return Write(new_key(), given, remote_id)
