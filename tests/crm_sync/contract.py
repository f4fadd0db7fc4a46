"""What every connector promises, as tests: a class that each connector's own inherits.

    class TestSalesforce(ConnectorContract):
        connector = SALESFORCE
        name_field, key_of = "LastName", "Email"
        contact = {"LastName": "Lovelace", "Email": "ada@example.test"}
        …

The sandbox is a real process; nothing of ours is replaced.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest

from crm_sync.connector import COMPANY, CONTACT, Value, Write
from integrations.errors import CallError, CredentialRejected
from tests.crm_sync.apis import api_to
from tests.crm_sync.keys import new_key
from tests.integrations.sandbox.running import running_sandbox

COUNT = 60


class ConnectorContract:
    """`contact` and `company` are values that the CRM takes; `too_long` and `bad` are not.

    `text_field` is a text field of contacts that may be changed and cleared; `same_field` one
    by which people are found. `options` are the connection's.
    """

    connector: Any = None
    contact: dict[str, Value] = {}
    company: dict[str, Value] = {}
    text_field = ""
    same_field = ""
    bad: dict[str, Value] = {}
    options: dict[str, Value] = {}

    @pytest.fixture(scope="class")
    def played(self):
        with running_sandbox() as sandbox:
            yield sandbox

    @pytest.fixture
    def sandbox(self, played):
        played.fresh()
        return played

    # What the tests are made of

    def run(self, sandbox, work):
        """Run `work(api)` and return what it returns."""

        async def main():
            async with api_to(self.connector, sandbox, options=self.options) as api:
                return await work(api)

        return asyncio.run(main())

    def told(self, sandbox):
        return sandbox.http.get(f"/_control/{self.connector.slug}").json()

    def control(self, sandbox, **wanted):
        answer = sandbox.http.post(f"/_control/{self.connector.slug}", json=wanted)
        answer.raise_for_status()
        return answer.json()

    def someone(self, n=0, **values):
        return Write(new_key(), {**self.contact, self.same_field: self.same(n), **values})

    def same(self, n):
        return f"person{n}@example.test"

    def write(self, sandbox, *writes, obj=CONTACT):
        found = self.run(sandbox, lambda api: self.connector.write(api, obj, list(writes)))
        return {one.key: one for one in found}

    def persist(self, sandbox, *writes, obj=CONTACT, tries=40):
        """Write until everything is known, as a sync does; return the last outcomes by key."""

        async def work(api):
            done, left = {}, list(writes)
            for _ in range(tries):
                if not left:
                    break
                batch = left[: self.connector.batch[obj]]
                try:
                    found = await self.connector.write(api, obj, batch)
                except CallError:
                    found = []
                known = {one.key: one for one in found if one.outcome not in ("again", "unknown")}
                done.update(known)
                rest = [one for one in left if one.key not in known]
                left = [Write(o.key, o.values, o.remote_id, True, o.same_as) for o in rest]
            assert not left, f"{len(left)} are still not known"
            return done

        return self.run(sandbox, work)

    def records(self, sandbox, obj=CONTACT):
        return self.told(sandbox)["records"][self.table(obj)]

    def table(self, obj):
        """The sandbox's name of an object."""
        return obj

    # What it describes

    def test_describes_its_objects_with_their_limits(self, sandbox):
        for obj in self.connector.objects:
            described = self.run(sandbox, partial(self.connector.describe, obj=obj))
            fields = {field.name: field for field in described}
            rows = self.connector.defaults[obj]
            assert [row.remote for row in rows if row.remote not in fields] == []
            written = [fields[row.remote] for row in rows if row.direction != "pull"]
            assert not any(field.is_readonly for field in written)
            assert any(field.length for field in described)

    def test_finds_nothing_to_mend_where_all_is_well(self, sandbox):
        for obj in self.connector.objects:
            assert not self.run(sandbox, partial(self.connector.check, obj=obj))

    def test_tells_what_is_allowed(self, sandbox):
        found = self.run(sandbox, self.connector.allowances)
        assert all(one.most > 0 and (one.left is None or one.left <= one.most) for one in found)

    # Writing

    def test_creates_then_updates_one_record(self, sandbox):
        one = self.someone()
        made = self.write(sandbox, one)[one.key]
        again = self.write(
            sandbox, Write(one.key, {**one.values, self.text_field: "Changed"}, made.remote_id)
        )[one.key]
        (there,) = self.run(
            sandbox, lambda a: self.connector.read(a, CONTACT, [made.remote_id], [self.text_field])
        )

        assert (made.outcome, again.outcome) == ("created", "updated")
        assert made.remote_id == again.remote_id == there.id
        assert there.values[self.text_field] == "Changed"
        assert there.key == one.key
        assert self.records(sandbox) == 1

    def test_ar_35_clears_a_field(self, sandbox):
        one = self.someone(**{self.text_field: "Here"})
        made = self.write(sandbox, one)[one.key]
        self.write(sandbox, Write(one.key, {**one.values, self.text_field: None}, made.remote_id))
        (there,) = self.run(
            sandbox, lambda a: self.connector.read(a, CONTACT, [made.remote_id], [self.text_field])
        )
        assert there.values[self.text_field] in (None, "")

    def test_ar_01_one_key_is_one_record_whoever_writes_it(self, sandbox):
        one = self.someone()
        self.persist(sandbox, one)
        self.persist(sandbox, Write(one.key, one.values, "", True))
        assert self.records(sandbox) == 1

    def test_xr_64_a_record_that_is_there_already_is_taken_over(self, sandbox):
        if not self.same_field:
            pytest.skip("it has nothing to find people by")
        values = {**self.contact, self.same_field: self.same(7)}
        there = self.control(sandbox, create=[self.table(CONTACT), self.as_stored(values)])["id"]
        one = Write(new_key(), values, "", False, [(self.same_field, self.same(7))])
        found = self.run(
            sandbox,
            lambda a: self.connector.find(a, CONTACT, one.same_as, [self.text_field]),
        )
        assert [record.id for record in found] == [there]
        made = self.write(sandbox, Write(one.key, values, there))[one.key]
        assert (made.outcome, made.remote_id) == ("updated", there)
        assert self.records(sandbox) == 1

    def as_stored(self, values):
        """Values as the sandbox keeps them."""
        return values

    def test_ar_30_a_bad_record_spoils_no_other(self, sandbox):
        good, bad = [self.someone(n) for n in range(5)], self.someone(9, **self.bad)
        done = self.write(sandbox, *good[:2], bad, *good[2:])
        assert done[bad.key].outcome == "rejected"
        assert done[bad.key].words
        assert done[bad.key].field in self.bad
        assert {done[one.key].outcome for one in good} == {"created"}

    def test_xr_72_foreign_text_is_only_text(self, sandbox):
        mean = "O'Neil \" <&> %2F ; \\ a' or 1 eq 1 \u00e9\u4f60"
        one = self.someone(**{self.text_field: mean})
        made = self.write(sandbox, one)[one.key]
        (there,) = self.run(
            sandbox, lambda a: self.connector.read(a, CONTACT, [made.remote_id], [self.text_field])
        )
        assert there.values[self.text_field] == mean
        found = self.run(
            sandbox,
            lambda a: self.connector.find(a, CONTACT, [(self.same_field, "a'b or 1 eq 1")], []),
        )
        assert found in ([], ())

    def test_ar_01_ar_42_no_record_twice_through_faults_and_lost_answers(self, sandbox):
        people = [self.someone(n) for n in range(COUNT)]
        sandbox.set(rate_429=0.05, rate_5xx=0.05, rate_dropped=0.15)
        done = self.persist(sandbox, *people)
        sandbox.set(rate_429=0, rate_5xx=0, rate_dropped=0)
        assert {one.outcome for one in done.values()} <= {"created", "updated", "same"}
        assert len({one.remote_id for one in done.values()}) == COUNT
        assert self.records(sandbox) == COUNT

    def test_ar_01_two_at_once_make_one_record(self, sandbox):
        if not self.connector.has_upsert:
            pytest.skip("the sync holds the record's lock: tests of the engine")
        one = self.someone()

        async def both(api):
            await asyncio.gather(*(self.connector.write(api, CONTACT, [one]) for _ in range(2)))

        self.run(sandbox, both)
        assert self.records(sandbox) == 1

    # Deleting and reading

    def test_deletes_once(self, sandbox):
        one = self.someone()
        made = self.write(sandbox, one)[one.key]
        for outcomes in ({"updated"}, {"gone"}):
            (done,) = self.run(
                sandbox, lambda a: self.connector.delete(a, CONTACT, [made.remote_id])
            )
            assert done.key == made.remote_id
            assert done.outcome in outcomes | {"gone"}
        assert self.records(sandbox) == 0

    def test_xr_67_an_update_of_what_is_gone_says_so(self, sandbox):
        one = self.someone()
        made = self.write(sandbox, one)[one.key]
        self.control(sandbox, delete=[self.table(CONTACT), made.remote_id])
        again = self.write(
            sandbox, Write(one.key, {**one.values, self.text_field: "x"}, made.remote_id)
        )[one.key]
        assert again.outcome == "gone"
        assert self.records(sandbox) == 0

    def test_contacts_belong_to_companies(self, sandbox):
        if COMPANY not in self.connector.objects:
            pytest.skip("it has no companies")
        firm, one = Write(new_key(), self.company), self.someone()
        of_firm = self.write(sandbox, firm, obj=COMPANY)[firm.key]
        made = self.write(sandbox, one)[one.key]
        self.run(sandbox, lambda a: self.connector.relate(a, [(made.remote_id, of_firm.remote_id)]))
        (there,) = self.run(
            sandbox, lambda a: self.connector.read(a, CONTACT, [made.remote_id], [self.text_field])
        )
        assert there.relations == {COMPANY: of_firm.remote_id}

    # What changed

    def pages(self, sandbox, cursor=None, obj=CONTACT):
        """All that changed since: (records, cursor)."""

        async def work(api):
            at, found = cursor or {}, []
            for _ in range(1_000):
                page = await self.connector.changed(api, obj, at, [self.text_field])
                found += page.records
                at = page.cursor
                if not page.has_more:
                    return found, at
            raise AssertionError("it never ends")

        return self.run(sandbox, work)

    def test_tells_what_changed_since(self, sandbox):
        people = [self.someone(n) for n in range(5)]
        made = self.persist(sandbox, *people)
        first, cursor = self.pages(sandbox)
        assert {one.key for one in first} == {one.key for one in people}
        assert all(one.modified_at for one in first)

        edited = made[people[2].key].remote_id
        self.control(sandbox, edit=[self.table(CONTACT), edited, {self.text_field: "There"}])
        later, _ = self.pages(sandbox, cursor)
        assert edited in {one.id for one in later}
        assert [o.values[self.text_field] for o in later if o.id == edited] == ["There"]

    def test_tells_what_was_deleted_there(self, sandbox):
        one = self.someone()
        made = self.write(sandbox, one)[one.key]
        _, cursor = self.pages(sandbox)
        self.control(sandbox, delete=[self.table(CONTACT), made.remote_id])
        later, _ = self.pages(sandbox, cursor)
        assert [(r.id, r.is_deleted) for r in later] == [(made.remote_id, True)]

    # Faults of the whole

    def test_ar_44_a_token_that_has_run_out_is_a_credential_refused(self, sandbox):
        self.control(sandbox, expire=True)
        with pytest.raises(CredentialRejected):
            self.write(sandbox, self.someone())
        assert self.records(sandbox) == 0
