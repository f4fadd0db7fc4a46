"""A Pipedrive of its own for a test, and how to ask it."""

from __future__ import annotations

import asyncio

from crm_sync.connector import COMPANY, CONTACT, Write
from crm_sync.connectors.pipedrive import PIPEDRIVE
from integrations.sandbox.pipedrive.fields import KEY, hash_of
from tests.crm_sync.apis import api_to
from tests.crm_sync.keys import new_key

TABLES = {CONTACT: "persons", COMPANY: "organizations"}
LABEL = KEY
PERSON_KEY = hash_of("persons", KEY)
FIRM_KEY = hash_of("organizations", KEY)


class AtPipedrive:
    """Asks the connector, and lets things happen in Pipedrive."""

    def __init__(self, sandbox):
        self.sandbox = sandbox

    def run(self, work, **reached):
        """Run `work(api)` and return what it returns."""

        async def main():
            async with api_to(PIPEDRIVE, self.sandbox, **reached) as api:
                return await work(api)

        return asyncio.run(main())

    def ask(self, method, *args, **reached):
        """Call a method of the connector's and return what it returns."""
        return self.run(lambda api: getattr(PIPEDRIVE, method)(api, *args), **reached)

    def write(self, *writes, obj=CONTACT, **reached):
        return {one.key: one for one in self.ask("write", obj, list(writes), **reached)}

    def let(self, **wanted):
        answer = self.sandbox.http.post("/_control/pipedrive", json=wanted)
        answer.raise_for_status()
        return answer.json()

    def told(self):
        return self.sandbox.http.get("/_control/pipedrive").json()

    def asked(self, request):
        """How often this was asked, such as "POST /api/v2/persons"."""
        return self.told()["asked"].get(request, 0)

    def rows(self, obj=CONTACT):
        return self.let(rows=TABLES[obj])["rows"]

    def count(self, obj=CONTACT):
        return self.told()["records"][TABLES[obj]]

    def make(self, obj=CONTACT, **values):
        return self.let(create=[TABLES[obj], {"name": "Somebody", **values}])["id"]

    def pages(self, cursor=None, obj=CONTACT, fields=("name",)):
        """All pages since a cursor, to the last one."""
        found = []
        while not found or found[-1].has_more:
            at = found[-1].cursor if found else cursor or {}
            found.append(self.ask("changed", obj, at, fields))
        return found

    def changed(self, cursor=None, obj=CONTACT):
        """What changed, as (id, is_deleted), and the next cursor."""
        found = self.pages(cursor, obj)
        records = [one for page in found for one in page.records]
        return [(one.id, one.is_deleted) for one in records], found[-1].cursor


def person(n=0, remote_id="", may_exist=False, **values):
    given = {"name": "Ada Lovelace", "email": f"person{n}@example.test", **values}
    return Write(new_key(), given, remote_id, may_exist)


def firm(name="Analytical Engines", **values):
    return Write(new_key(), {"name": name, **values})


def later(write, remote_id="", may_exist=False, **values):
    """The same record, written again."""
    return Write(write.key, {**write.values, **values}, remote_id, may_exist)


def entry(value, label="work", *, primary=False):
    """An entry of a list of e-mails or phones."""
    return {"value": value, "label": label, "primary": primary}
