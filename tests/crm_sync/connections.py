"""Connections to a token server that is played, and a connector that only has an address."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.db import connection as database

from crm_sync.api import CrmApi
from crm_sync.connecting import consenting
from crm_sync.connector import Allowance
from crm_sync.models import Connection
from crm_sync.signing_in import kind
from crm_sync.signing_in.answers import Token
from crm_sync.tokens import keeping, reach_of
from integrations.accounts import secret_box
from integrations.auth import bearer
from integrations.lanes import Lane
from integrations.provider import Provider
from tests.crm_sync.signing_in.logins import ADDRESSES, typed_for
from tests.integrations.loopback import opened


class Plain:
    """A connector as far as a token needs one: GET /me tells whether it serves."""

    key_fields: dict[str, str] = {}
    objects = ("contact",)

    def __init__(self, slug="salesforce"):
        self.slug = self.label = slug
        self.provider = Provider(
            slug=slug, label=slug, docs="", base_url="https://crm.test", auth=bearer("token"),
            secrets=(),
        )  # fmt: skip

    async def allowances(self, api):
        await api.ask("GET", "/me")
        return [Allowance("Calls a day", 15_000, 14_952)]

    async def check(self, api, obj):
        return []


def plain(slug="salesforce") -> Any:
    return Plain(slug)


def connection(of="hubspot", way="code", *, label="One", token=None, **more):
    """A connection in the sandbox, with what a person would have typed; `token` is stored.

    It has had its first sync, unless it is to owe everything.
    """
    chosen = kind(of).way(way)
    more.setdefault("owes_all_since", None)
    row = Connection.objects.create(
        kind=of, label=label, way=way, is_sandbox=True, address=ADDRESSES.get(of, ""),
        secrets=secret_box().seal(typed_for(chosen)), **more,
    )  # fmt: skip
    if token:
        keeping.store(row.pk, row.token_version, token, was_forced=False)
    row.refresh_from_db()
    return row


def signed_in(of="hubspot", way="code", *, lasts_s=None, access="old", **more):
    """A connection that somebody signed in: a refresh token, and an access token that is over."""
    row = connection(of, way, token=Token(access, "refresh-0", "", lasts_s or 1), **more)
    if lasts_s is None:
        Connection.objects.filter(pk=row.pk).update(token_until=row.created_at)
    row.refresh_from_db()
    return row


def consented(of, sandbox, user):
    """A connection to a played CRM in which a person has consented, as a browser does."""
    row = connection(of, "code")
    here = "http://testserver/crm/callback"
    there = sandbox.http.get(consenting.begin(row, user, "s", here)).headers["location"]
    said = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    return consenting.finish(said, user, "s")


@asynccontextmanager
async def reaching():
    """What a worker process has: a gate and a lane."""
    lane = Lane("tokens-test")
    try:
        async with opened() as gate:
            yield gate, lane
    finally:
        await asyncio.to_thread(lane.close)


def with_api(row, work):
    """Run `work(api)` with a way to the connection's CRM, and return what it returns."""

    async def main():
        async with reaching() as (gate, lane):
            way = await reach_of(row.pk, gate, lane, connector=plain(row.kind))
            return await work(CrmApi(gate, way))

    return asyncio.run(main())


async def bearer_seen(api):
    """The token that the CRM was shown."""
    return (await api.ask("GET", "/me")).body["bearer"]


def open_transactions():
    """How many connections to the database are in a transaction now, besides the asking one."""
    try:
        with database.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
                " AND backend_type = 'client backend'"
            )
            return cursor.fetchone()[0]
    finally:
        database.close()
