"""What a sync promises of every CRM, as tests: a class that each CRM's own inherits.

    class TestAcme(SyncContract):
        kind = "acme"
        ours, theirs = "position", "JobTitle"

The CRM is one that the sandbox plays, in a process of its own; nothing of ours is replaced.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Contact
from contacts.models.suppression import Reason
from contacts.suppression import lift, suppress
from crm_sync import services
from crm_sync.connector import COMPANY, CONTACT
from crm_sync.mapping import service as mappings
from crm_sync.models import Change, Conflict, Connection, Deletion, Finding, Link, Sync
from crm_sync.services import SyncRefused
from tests.crm_sync.syncing.house import House

BOTH = Connection.Direction.BOTH


class SyncContract:
    """`ours` is a text field of a contact that goes both ways, `theirs` what the CRM calls it.

    `mail` is the CRM's field of an e-mail address. `seed` are values with which somebody there
    makes a person, beside the e-mail.
    """

    kind = ""
    ours = theirs = ""
    mail = ""
    seed: dict[str, object] = {}
    mail_is_unique = False
    made: str | None = None  # what `theirs` is of the first contact

    @pytest.fixture
    def at(self, house):
        return house(self.kind, direction=BOTH)

    def somebody_there(self, at: House, n: int, **values: object) -> str:
        """Let somebody make a person in the CRM, and return the id."""
        made = {**self.seed, self.mail: f"person{n}@example.test", **values}
        return str(at.control(create=[at.table(CONTACT), self.as_stored(made)])["id"])

    def as_stored(self, values: dict[str, object]) -> dict[str, object]:
        """Values as the sandbox keeps them."""
        return values

    def edit_there(self, at: House, remote_id: str, value: str) -> None:
        at.control(edit=[at.table(CONTACT), remote_id, self.as_stored({self.theirs: value})])

    def value_there(self, at: House, remote_id: str) -> object:
        return at.there()[remote_id].get(self.theirs)

    def test_contacts_and_their_companies_go_there_once(self, at):
        firm, people = at.company(), at.contacts(5)
        for one in people[:2]:
            at.edit(one.pk, company=firm)

        first = at.finish(at.sync())
        made = at.writes()
        second, whole = at.finish(at.sync()), at.finish(at.sync(is_full=True))

        assert [one.state for one in (first, second, whole)] == [Sync.State.DONE] * 3
        assert first.counts[CONTACT]["created"] == 5
        assert whole.counts[CONTACT]["unchanged"] == 5
        assert (len(at.there()), len(at.there(COMPANY))) == (5, 1)
        assert at.writes() == made
        assert at.owed() == {}

    def test_the_first_sync_sends_who_was_here_before_the_connection(self, house):
        at = house(self.kind, owes_all_since=timezone.now())
        at.contacts(2)
        Change.objects.all().delete()  # they came before anybody kept changes

        dry = at.finish(at.sync(is_dry=True))
        first, second = at.finish(at.sync()), at.finish(at.sync())

        assert dry.counts[CONTACT] == {"create": 2}
        assert first.counts[CONTACT]["created"] == len(at.there()) == 2
        assert [one.is_full for one in (dry, first, second)] == [True, True, False]

    def test_a_change_is_one_write_of_one_field(self, at):
        one, *_ = at.contacts(2)
        at.finish(at.sync())
        before = at.writes()

        at.edit(one.pk, **{self.ours: "Changed here"})
        done = at.finish(at.sync())

        assert done.counts[CONTACT]["updated"] == 1
        assert at.writes()["updated"] == before.get("updated", 0) + 1
        assert at.writes()["created"] == before["created"]
        assert self.value_there(at, at.link(one.pk).remote_id) == "Changed here"

    def test_a_change_there_comes_here_and_goes_nowhere_else(self, at):
        (one,) = at.contacts(1)
        at.finish(at.sync())
        before = at.writes()

        self.edit_there(at, at.link(one.pk).remote_id, "Changed there")
        done = at.finish(at.sync())
        again = at.finish(at.sync())

        one.refresh_from_db()
        assert getattr(one, self.ours) == "Changed there"
        assert one.provenance[self.ours]["by"] == f"person:{at.row.label}"
        assert done.counts[CONTACT]["taken"] == 1
        assert again.counts[CONTACT].get("taken", 0) == 0
        assert at.writes() == before
        assert Conflict.objects.count() == 0

    @pytest.mark.parametrize("later", ["ours", "theirs"])
    def test_of_two_changes_the_later_stands_and_is_listed(self, at, later):
        (one,) = at.contacts(1)
        at.finish(at.sync())
        remote_id = at.link(one.pk).remote_id

        self.edit_there(at, remote_id, "Theirs")
        days = 1 if later == "ours" else -1
        at.edit(one.pk, updated_at=timezone.now() + timedelta(days=days), **{self.ours: "Ours"})
        at.finish(at.sync())

        stands = "Ours" if later == "ours" else "Theirs"
        one.refresh_from_db()
        assert (getattr(one, self.ours), self.value_there(at, remote_id)) == (stands, stands)
        clash = Conflict.objects.get()
        assert (clash.remote_field, clash.taken, clash.rule) == (self.theirs, later, "newest")
        assert (clash.ours, clash.theirs) == ("Ours", "Theirs")

    def test_a_hundred_edits_on_each_side_settle_in_two_cycles(self, at):
        people = at.contacts(150)
        at.finish(at.sync())
        before = at.writes()
        ids = {one.pk: at.link(one.pk).remote_id for one in people}

        for one in people[:100]:
            at.edit(one.pk, **{self.ours: f"Ours {one.pk}"})
        for one in people[50:]:
            self.edit_there(at, ids[one.pk], f"Theirs {one.pk}")
        for _ in range(2):
            at.finish(at.sync())
        settled = at.writes()
        at.finish(at.sync())

        mine = dict(Contact.objects.values_list("pk", self.ours))
        there = at.there()
        assert {pk: there[id_].get(self.theirs) for pk, id_ in ids.items()} == mine
        assert all(mine[one.pk].startswith("Ours") for one in people[:50])
        assert all(mine[one.pk].startswith("Theirs") for one in people[100:])
        assert 50 <= settled["updated"] - before.get("updated", 0) <= 100
        assert at.writes() == settled
        assert Conflict.objects.count() == 50

    def test_a_changed_email_stays_one_record(self, at):
        (one,) = at.contacts(1)
        at.finish(at.sync())

        at.edit(one.pk, email="another@example.test")
        at.finish(at.sync())

        assert len(at.there()) == 1
        assert at.writes()["created"] == 1

    def test_who_is_there_already_is_taken_over(self, at):
        (one,) = at.contacts(1)
        remote_id = self.somebody_there(at, 0)

        at.finish(at.sync())
        at.finish(at.sync())

        assert list(at.there()) == [remote_id]
        assert at.link(one.pk).remote_id == remote_id
        assert at.link(one.pk).state == Link.State.LINKED

    def test_what_the_crm_has_is_kept_where_nobody_knows_whose_is_later(self, at):
        (one,) = at.contacts(1)
        at.edit(one.pk, **{self.ours: "Ours"})
        remote_id = self.somebody_there(at, 0, **{self.theirs: "Theirs"})

        at.finish(at.sync())

        one.refresh_from_db()
        assert (getattr(one, self.ours), self.value_there(at, remote_id)) == ("Theirs", "Theirs")
        assert Conflict.objects.filter(remote_field=self.theirs).count() == 1

    def test_of_several_a_person_chooses(self, at):
        if self.mail_is_unique:
            pytest.skip("no two people have one e-mail there")
        (one,) = at.contacts(1)
        ids = [self.somebody_there(at, 0) for _ in range(2)]

        at.finish(at.sync())

        link = at.link(one.pk)
        assert (link.state, sorted(link.candidates)) == (Link.State.SEVERAL, sorted(ids))
        assert all(self.mail in dict(link.candidate_values[one]) for one in ids)
        assert sorted(at.there()) == sorted(ids)

        services.choose(link, ids[1])
        at.finish(at.sync())

        assert at.link(one.pk).remote_id == ids[1]
        assert sorted(at.there()) == sorted(ids)

    def test_or_lets_a_new_one_be_made(self, at):
        if self.mail_is_unique:
            pytest.skip("no two people have one e-mail there")
        (one,) = at.contacts(1)
        ids = [self.somebody_there(at, 0) for _ in range(2)]
        at.finish(at.sync())

        services.make_new(at.link(one.pk))
        at.finish(at.sync())

        assert len(at.there()) == 3
        assert at.link(one.pk).remote_id not in ids

    def test_whom_we_must_not_reach_stays_here(self, at):
        held, _ = at.contacts(2)
        suppress([held.phone_e164], Reason.STOP)

        done = at.finish(at.sync())

        assert done.counts[CONTACT]["held"] == 1
        assert len(at.there()) == 1
        assert at.owed() == {"rejected": 1}

        lift(held.phone_e164, reasons=[Reason.STOP], why="They asked us to.")
        at.finish(at.sync())

        assert len(at.there()) == 2
        assert at.owed() == {}

    @pytest.mark.parametrize("policy", Connection.There.values)
    def test_xr_67_what_was_deleted_there(self, house, policy):
        at = house(self.kind, direction=BOTH, when_deleted_there=policy)
        (one,) = at.contacts(1)
        at.finish(at.sync())
        before = at.link(one.pk).remote_id

        at.control(delete=[at.table(CONTACT), before])
        at.finish(at.sync())
        at.edit(one.pk, **{self.ours: "Changed"})
        at.finish(at.sync())

        link = at.link(one.pk)
        if policy == Connection.There.DETACH:
            assert (link.state, len(at.there())) == (Link.State.DETACHED, 0)
        else:
            assert (link.state, list(at.there())) == (Link.State.LINKED, [link.remote_id])
            assert link.remote_id != before

    @pytest.mark.parametrize("policy", Connection.Here.values)
    def test_what_was_deleted_here(self, house, policy):
        at = house(self.kind, when_deleted_here=policy)
        one, _ = at.contacts(2)
        at.finish(at.sync())

        one.delete()
        at.finish(at.sync())

        receipts = list(Deletion.objects.values_list("state", "reason"))
        if policy == Connection.Here.KEEP:
            assert (len(at.there()), receipts) == (2, [])
        else:
            assert (len(at.there()), receipts) == (1, [("done", "deleted")])

    def test_a_dry_run_tells_all_and_writes_nothing(self, at):
        (known,) = at.contacts(1)
        at.finish(at.sync())
        before = at.writes()
        new, held = at.contacts(2, start=1)
        at.edit(known.pk, **{self.ours: "Changed"})
        suppress([held.phone_e164], Reason.OWN)

        done = at.finish(at.sync(is_dry=True))

        assert at.writes() == before
        assert done.counts[CONTACT] == {"create": 1, "update": 1, "held": 1}
        found = {one.subject_id: one for one in Finding.objects.filter(sync=done, object=CONTACT)}
        assert found[known.pk].changes == {self.theirs: [self.made, "Changed"]}
        assert (found[new.pk].verdict, found[held.pk].verdict) == ("create", "held")
        assert done.eta_s is not None
        assert at.finish(at.sync()).counts[CONTACT]["created"] == 1

    def test_ar_37_nothing_is_written_before_all_is_mended(self, at):
        at.contacts(2)
        kept = mappings.current(at.row, CONTACT)
        rows = [*kept.rows, {**kept.rows[0], "remote": "no_such_field"}]
        type(kept).objects.filter(pk=kept.pk).update(rows=rows, version=2)

        done = at.sync()

        assert (done.state, done.category) == (Sync.State.FAILED, "mapping")
        assert "no_such_field" in {one["field"] for one in done.problems}
        assert at.writes() == {}

    def test_xr_70_one_sync_of_a_connection_at_a_time(self, at):
        services.start(at.row)

        with pytest.raises(SyncRefused, match="is being synced already"):
            services.start(at.row)

        assert Sync.objects.count() == 1

    def test_two_workers_make_one_record_of_each(self, at, house):
        """A second house on the same connection: its worker finds nothing, the sync is taken."""
        at.contacts(30)
        started = services.start(at.row)
        other = house.also(at)

        house.at_once([at, other], 20)
        started.refresh_from_db()
        at.finish(started)

        assert len(at.there()) == 30
        assert at.writes()["created"] == 30

    def test_it_stops_when_told_and_goes_on_where_it_was(self, at):
        at.contacts(20)
        at.finish(at.sync())
        started = services.start(at.row)

        assert services.stop(started)
        started.refresh_from_db()

        assert started.state == Sync.State.STOPPED
        assert at.finish(at.sync()).state == Sync.State.DONE
        assert Change.objects.count() == 0
