"""A house with a connection to a CRM that the sandbox plays, and a worker for its syncs."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from typing import Any

from django import db

from contacts.models import Company, Contact
from crm_sync import services
from crm_sync.connector import COMPANY, CONTACT
from crm_sync.models import Connection, Link, OutboxItem, Sync
from crm_sync.registry import connector
from crm_sync.runtime import Runtime
from crm_sync.signing_in import kind as kind_of
from integrations.accounts import secret_box
from tests.crm_sync.connections import connection

NUMBERS = 79_000  # that are nobody's: +1-NXX-555-01XX


def number(n: int) -> str:
    """A number of those that are nobody's."""
    area, last = divmod(n % NUMBERS, 100)
    return f"+1{201 + area}55501{last:02d}"


class House:
    """One connection, its contacts and companies, and what the CRM has of them."""

    def __init__(self, kind: str, sandbox: Any, **more: Any) -> None:
        self.sandbox = sandbox
        self.connector = connector(kind)
        more.setdefault("objects_on", [COMPANY, CONTACT])
        way = next(way for way in kind_of(kind).ways if not way.asks_a_person)
        self.row = connection(
            kind, way.slug, label=f"Our {kind}", state=Connection.State.READY, **more
        )
        if way.grant == "static":
            self.row.secrets = secret_box().seal({way.typed[0].name: "sandbox"})
            self.row.save(update_fields=["secrets"])
        self.runtime = Runtime()

    def also(self) -> House:
        """The same house with another worker."""
        other = copy(self)
        other.runtime = Runtime()
        return other

    def close(self) -> None:
        self.runtime.close()

    # Here

    def contacts(self, count: int, start: int = 0) -> list[Contact]:
        """Contacts that are completed, so that they go."""
        rows = Contact.objects.bulk_create(
            Contact(
                phone_raw="x", phone_e164=number(n), phone_country="US", phone_is_valid=True,
                phone_ext=str(n // NUMBERS) if n >= NUMBERS else "",
                first_name=f"First{n}", last_name=f"Last{n}",
                full_name=f"First{n} Last{n}", email=f"person{n}@example.test",
            )
            for n in range(start, start + count)
        )  # fmt: skip
        mine = Contact.objects.filter(pk__in=[row.pk for row in rows])
        mine.update(status="processing")
        mine.update(status="completed")
        return list(mine.order_by("pk"))

    def company(self, n: int = 0) -> Company:
        return Company.objects.create(
            name=f"Firm {n}", name_key=f"firm {n}", domain=f"firm{n}.test",
            website=f"https://firm{n}.test",
        )  # fmt: skip

    def edit(self, pk: int, **values: Any) -> None:
        Contact.objects.filter(pk=pk).update(**values)

    def edit_all(self, ids: Sequence[int], **values: Any) -> None:
        Contact.objects.filter(pk__in=ids).update(**values)

    def clear(self) -> None:
        """Leave nothing behind, neither here nor there."""
        self.row.delete()
        Contact.objects.all().delete()
        self.sandbox.http.post("/_control/reset").raise_for_status()

    def link(self, pk: int) -> Link:
        return Link.objects.get(connection=self.row, object=CONTACT, contact_id=pk)

    def owed(self) -> dict[str, int]:
        """How many records are in the outbox, by state."""
        found: dict[str, int] = {}
        for state in OutboxItem.objects.filter(connection=self.row).values_list("state", flat=True):
            found[state] = found.get(state, 0) + 1
        return found

    # There

    def told(self) -> Any:
        return self.sandbox.http.get(f"/_control/{self.connector.slug}").json()

    def control(self, **wanted: Any) -> Any:
        answer = self.sandbox.http.post(f"/_control/{self.connector.slug}", json=wanted)
        answer.raise_for_status()
        return answer.json()

    def there(self, obj: str = CONTACT) -> dict[str, dict[str, Any]]:
        """The records that the CRM has, by their id."""
        return dict(self.control(rows=self.table(obj))["rows"])

    def table(self, obj: str) -> str:
        """The sandbox's name of an object."""
        return TABLES.get(self.connector.slug, {}).get(obj, obj)

    def writes(self) -> dict[str, int]:
        return dict(self.told()["writes"])

    # Syncs

    def sync(self, seconds: float = 60, **wanted: Any) -> Sync:
        """Start a sync, work until it is over or rests, and return it."""
        started = services.start(Connection.objects.get(pk=self.row.pk), **wanted)
        return self.go_on(started, seconds)

    def go_on(self, sync: Sync, seconds: float = 60) -> Sync:
        Sync.objects.filter(pk=sync.pk).update(due_at=sync.created_at)
        self.runtime.work(seconds, should_stop=lambda: False)
        sync.refresh_from_db()
        return sync

    def finish(self, sync: Sync, slices: int = 40) -> Sync:
        """Work at a sync, without its pauses and its circuits', until it is over."""
        for _ in range(slices):
            if sync.finished_at:
                break
            OutboxItem.objects.filter(state="waiting").update(due_at=sync.created_at)
            for of in ("", "-sign-in"):
                name = f"{self.connector.slug}-{self.row.pk}{of}:sandbox"
                self.runtime.gate.board.reset(name)
            self.go_on(sync)
        return sync


class Houses:
    """Calling it makes a house."""

    def __init__(self, sandbox: Any) -> None:
        self._sandbox = sandbox
        self._made: list[House] = []

    def __call__(self, kind: str, **more: Any) -> House:
        self._made.append(House(kind, self._sandbox, **more))
        return self._made[-1]

    def also(self, house: House) -> House:
        self._made.append(house.also())
        return self._made[-1]

    def at_once(self, houses: Sequence[House], seconds: float) -> None:
        """Let the workers of several work side by side."""

        def work(one: House) -> None:
            try:
                one.runtime.work(seconds, should_stop=lambda: False)
            finally:
                db.connection.close()

        with ThreadPoolExecutor(len(houses)) as pool:
            list(pool.map(work, houses))

    def close(self) -> None:
        for one in self._made:
            one.close()


TABLES: dict[str, dict[str, str]] = {
    "salesforce": {CONTACT: "Contact", COMPANY: "Account"},
    "pipedrive": {CONTACT: "persons", COMPANY: "organizations"},
    "dynamics": {CONTACT: "contact", COMPANY: "account"},
}
