"""Asks the connector, and lets things happen in Dynamics."""

from __future__ import annotations

import asyncio

from crm_sync.connector import CONTACT, Write
from crm_sync.connectors.dynamics import DYNAMICS
from crm_sync.connectors.dynamics.provider import TABLES
from tests.crm_sync.apis import api_to
from tests.crm_sync.keys import new_key


class AtDynamics:
    def __init__(self, sandbox):
        self.sandbox = sandbox

    def ask(self, method, *args, options=None, **more):
        """Call a method of the connector's and return what it returns."""

        async def main():
            async with api_to(DYNAMICS, self.sandbox, options=options, **more) as api:
                return await getattr(DYNAMICS, method)(api, *args)

        return asyncio.run(main())

    def write(self, *writes, obj=CONTACT, options=None):
        return {one.key: one for one in self.ask("write", obj, [*writes], options=options)}

    def outcomes(self, *writes, **more):
        done = self.write(*writes, **more)
        return [done[one.key].outcome for one in writes]

    def let(self, **wanted):
        answer = self.sandbox.http.post("/_control/dynamics", json=wanted)
        answer.raise_for_status()
        return answer.json()

    def told(self):
        return self.sandbox.http.get("/_control/dynamics").json()

    def rows(self, obj=CONTACT):
        return self.let(rows=TABLES[obj])["rows"]

    def row(self, obj=CONTACT):
        (found,) = self.rows(obj).values()
        return found

    def make(self, obj=CONTACT, **values):
        return self.let(create=[TABLES[obj], values])["id"]

    def delete(self, id_, obj=CONTACT):
        self.let(delete=[TABLES[obj], id_])

    def asked(self):
        """How often anything was asked of Dynamics."""
        return sum(self.told()["asked"].values())

    def pages(self, cursor=None, fields=("jobtitle",), obj=CONTACT):
        """All pages since a cursor, to the last one."""
        found = []
        while not found or found[-1].has_more:
            at = found[-1].cursor if found else cursor or {}
            found.append(self.ask("changed", obj, at, fields))
        return found

    def changed(self, cursor=None, **more):
        """The records that changed, and the next cursor."""
        found = self.pages(cursor, **more)
        return [one for page in found for one in page.records], found[-1].cursor


def person(n=0, remote_id="", **values):
    given = {"lastname": "Lovelace", "emailaddress1": f"person{n}@example.test", **values}
    return Write(new_key(), given, remote_id)


def again(one, remote_id="", **values):
    return Write(one.key, {**one.values, **values}, remote_id)


def lead(**values):
    return Write(new_key(), {"subject": "Example Works", "lastname": "Lovelace", **values})
