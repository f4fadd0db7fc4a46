"""What tests of referrals do again and again: speak with the sandbox, and do a sync."""

import asyncio
from uuid import UUID

from crm_sync.models import Connection, Position, Referral, Sync
from crm_sync.referrals import client, pulling
from integrations.lanes import Lane
from tests.crm_sync.apis import api_to
from tests.integrations.sandbox.running import Running

SLUG = "partner_center"


def control(sandbox, **wanted):
    answer = sandbox.http.post(f"/_control/{SLUG}", json=wanted)
    answer.raise_for_status()
    return answer.json()


def told(sandbox):
    return sandbox.http.get(f"/_control/{SLUG}").json()


def asked_pages(house):
    return sum(n for what, n in told(house.sandbox)["asked"].items() if what.startswith("GET "))


def body(id_="r-1", **more):
    """A referral as the API tells it, with as little in it as there may be."""
    return {
        "id": id_, "status": "New", "substatus": "Pending", "direction": "Incoming",
        "updatedDateTime": "2026-11-01T10:00:00Z", **more,
    }  # fmt: skip


def customer(email="ann@birch.test", name="Birch Works", **more):
    member = {"firstName": "Ann", "lastName": "Birch", "phoneNumber": "+14155550100"}
    return {"name": name, "team": [{**member, "email": email}], "address": {"country": "US"},
            **more}  # fmt: skip


class House:
    """A connection, the sandbox that it reaches, and the worker whose syncs are its own."""

    def __init__(
        self, connection: Connection | None, sandbox: Running, worker_id: UUID | None
    ) -> None:
        self.connection, self.sandbox, self.worker_id = connection, sandbox, worker_id

    def add(self, **values):
        """Add a referral there and return its id."""
        return control(self.sandbox, create=["referral", {"status": "New", "substatus": "Pending",
                                                          **values}])["id"]  # fmt: skip

    def edit(self, id_, **values):
        control(self.sandbox, edit=["referral", id_, values])

    def claimed(self, **more):
        """A sync as a worker gets it."""
        return Sync.objects.create(
            connection=self.connection, state="claimed", worker_id=self.worker_id, tries=1, **more
        )

    def sync(self, **more):
        """Do a sync, and return its row as it ended."""
        return self.work(self.claimed(**more))

    def again(self, sync):
        """Claim a sync that was put back, and go on with it."""
        Sync.objects.filter(pk=sync.pk).update(state="claimed", worker_id=self.worker_id)
        sync.refresh_from_db()
        return self.work(sync)

    def work(self, sync):
        async def main():
            lane = Lane("test")
            try:
                async with api_to(client.SOURCE, self.sandbox) as api:
                    await pulling.work(api, sync, lane)
            finally:
                await asyncio.get_running_loop().run_in_executor(None, lane.close)

        asyncio.run(main())
        sync.refresh_from_db()
        return sync

    def ask(self, work):
        """Return what `work(api)` returns."""

        async def main():
            async with api_to(client.SOURCE, self.sandbox) as api:
                return await work(api)

        return asyncio.run(main())

    def rows(self):
        return {row.remote_id: row for row in Referral.objects.order_by("pk")}

    def cursor(self):
        return Position.objects.get(connection=self.connection, object="referral").cursor
