"""What becomes of records: what is sent and what is not, what is noted, and what comes back."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import pytest
from django import db
from django.utils import timezone

from crm_sync import services
from crm_sync.checking import check_all
from crm_sync.connector import COMPANY, CONTACT
from crm_sync.mapping import service as mappings
from crm_sync.models import Change, Connection, Link, OutboxItem, Position, Referral, Sync
from crm_sync.pushing.collecting import collect
from crm_sync.pushing.holding import NO_CONSENT
from crm_sync.referrals.storing import store
from crm_sync.services import SyncRefused
from tests.crm_sync.connections import connection, open_transactions
from tests.crm_sync.referrals.house import body, customer


def asked(at):
    return sum(at.told()["asked"].values())


def with_rule(at, remote, **changes):
    """A new version of the contacts' mapping, in which one row is another."""
    rows = mappings.rows_of(mappings.current(at.row, CONTACT))
    new = [replace(row, **changes) if row.remote == remote else row for row in rows]
    return mappings.save(at.row, CONTACT, new)


def test_ar_30_of_fifty_forty_nine_are_stored_and_counted_as_they_are(house):
    at = house("dynamics")
    at.contacts(50)
    at.control(refuses={"Last25": [400, "0x80040203", "Last name: no numbers, please."]})

    done = at.finish(at.sync())

    counts = {name: n for name, n in done.counts[CONTACT].items() if n}
    assert counts == {"created": 49, "rejected": 1}
    assert len(at.there()) == Link.objects.filter(state=Link.State.LINKED).count() == 49
    item = OutboxItem.objects.get()
    assert (item.state, item.words) == ("rejected", "Last name: no numbers, please.")


def test_a_choice_during_the_first_sync_makes_the_next_one_whole(house):
    at = house("hubspot", owes_all_since=timezone.now())
    at.contacts(2)
    started = services.start(at.row)
    Connection.objects.update(owes_all_since=timezone.now())

    at.finish(started)

    assert at.finish(at.sync()).is_full
    assert not at.finish(at.sync()).is_full


def test_xr_65_what_is_unchanged_costs_no_call(house):
    at = house("hubspot")
    at.contacts(3)
    at.finish(at.sync())
    counted = [asked(at)]
    for is_full in (False, True):
        at.finish(at.sync(is_full=is_full))
        counted.append(asked(at))

    writes = at.writes()
    at.edit_all([one.contact_id for one in Link.objects.all()], revision=9)
    at.finish(at.sync())
    counted.append(asked(at))

    costs = {later - before for before, later in pairwise(counted)}
    assert len(costs) == 1  # what is asked before every sync, and nothing of records
    assert (at.writes(), at.owed()) == (writes, {})


def test_ar_40_only_what_an_older_mapping_sent_is_sent_again(house):
    at = house("hubspot")
    old = at.contacts(2)
    at.finish(at.sync())
    before = {one.pk: at.link(one.pk) for one in old}
    saved = with_rule(at, "jobtitle", ours="{first_name} the tester", direction="push")
    (new,) = at.contacts(1, start=2)
    at.finish(at.sync())

    assert (mappings.older(saved), mappings.owe_older(saved)) == (2, 2)
    done = at.finish(at.sync())

    assert {one.mapping_version for one in before.values()} == {1}
    assert all(len(one.sent_hash) == 32 for one in before.values())
    assert done.counts[CONTACT]["updated"] == 2
    assert mappings.older(saved) == 0
    assert at.writes() == {"created": 3, "updated": 2}
    for one in old:
        assert at.link(one.pk).mapping_version == 2
        assert at.link(one.pk).sent_hash != before[one.pk].sent_hash
    assert at.there()[at.link(new.pk).remote_id]["jobtitle"] == "First2 the tester"


@pytest.mark.parametrize(
    ("wins", "stands"), [("remote", "Theirs"), ("ours", "Ours"), ("blank", "Theirs")]
)
def test_ar_39_a_remote_edit_comes_by_the_cursor_and_the_fields_rule(house, wins, stands):
    at = house("hubspot", direction="both")
    (one,) = at.contacts(1)
    at.edit(one.pk, position="Before")
    at.finish(at.sync())
    with_rule(at, "jobtitle", wins=wins)
    at.finish(at.sync())
    remote_id = at.link(one.pk).remote_id
    assert Position.objects.get(object=CONTACT).cursor["since"]

    at.control(edit=[CONTACT, remote_id, {"jobtitle": "Theirs"}])
    at.edit(one.pk, position="Ours")
    at.finish(at.sync())

    one.refresh_from_db()
    assert (one.position, at.there()[remote_id]["jobtitle"]) == (stands, stands)
    assert at.finish(at.sync()).counts[CONTACT].get("taken", 0) == 0


def test_ar_32_ar_67_no_transaction_is_open_while_the_crm_is_asked(house, relay):
    at = house("hubspot", direction="both", objects_on=[CONTACT])
    at.contacts(3)
    left = []
    relay.asked = lambda _: left.append(transactions_that_stay())

    done = at.sync()

    assert done.counts[CONTACT]["created"] == 3
    assert len(left) > 5
    assert set(left) == {0}


def transactions_that_stay():
    """How many are open as long as a call waits; those beside it end by themselves."""
    give_up_at = time.monotonic() + 20
    while (count := open_transactions()) and time.monotonic() < give_up_at:
        time.sleep(0.02)
    return count


def test_ar_37_the_daily_check_keeps_what_is_wrong_and_a_broken_mapping_writes_nothing(house):
    at = house("hubspot", objects_on=[CONTACT])
    (one,) = at.contacts(1)
    at.finish(at.sync())
    writes = at.writes()
    at.control(without_property=[CONTACT, "jobtitle"])

    check_all(at.runtime)
    kept = mappings.current(at.row, CONTACT)
    at.edit(one.pk, position="Changed")
    broken = at.sync()

    assert [one["words"] for one in kept.problems] == ["The CRM has no field jobtitle."]
    assert (broken.state, broken.category) == ("failed", "mapping")
    assert [one["field"] for one in broken.problems] == ["jobtitle"]
    assert at.writes() == writes
    at.control(property=[CONTACT, "jobtitle", {}])
    assert at.finish(at.sync()).counts[CONTACT]["updated"] == 1


@pytest.mark.parametrize("is_known", [False, True])
def test_ar_43_an_answer_of_an_unknown_shape_writes_nobody_twice(house, is_known):
    at = house("pipedrive", objects_on=[CONTACT])
    (one,) = at.contacts(1)
    if is_known:
        at.finish(at.sync())
        at.edit(one.pk, full_name="Ada Lovelace")
    at.control(garbled=True)

    garbled = at.sync()
    assert garbled.state == "waiting"
    assert at.owed() == {"waiting": 1}
    at.control(garbled=False)
    done = at.finish(garbled)

    assert (done.state, at.owed()) == ("done", {})
    assert at.writes()["created"] == len(at.there()) == 1


def test_xr_59_who_did_not_consent_is_held_back_with_the_reason(house):
    at, partner = house("hubspot"), connection("partner_center", "device_code")
    held, free = at.contacts(2)
    told = customer(email=held.email)
    said = {"consentToContact": False}
    store(partner.pk, [body(customerProfile=told, consent=said)])

    done = at.finish(at.sync())

    item = OutboxItem.objects.get()
    assert (item.subject_id, item.state, item.words) == (held.pk, "rejected", NO_CONSENT)
    assert done.counts[CONTACT]["held"] == 1
    assert list(at.there()) == [at.link(free.pk).remote_id]

    said = {"consentToContact": True}
    store(partner.pk, [body("r-2", customerProfile=told, consent=said,
                            updatedDateTime="2026-11-02T10:00:00Z")])  # fmt: skip
    assert at.finish(at.sync()).counts[CONTACT]["created"] == 1


def test_xr_69_a_referral_that_is_linked_or_changed_owes_its_company_and_its_people(house):
    at, partner = house("hubspot"), connection("partner_center", "device_code")
    firm = at.company()
    one, _ = at.contacts(2)
    at.edit(one.pk, company=firm)
    at.finish(at.sync())
    store(partner.pk, [body(customerProfile=customer("eve@elsewhere.test"))])
    referral = Referral.objects.get()
    assert (Change.objects.count(), referral.company_id) == (0, None)

    for change in ({"company": firm}, {"status": "Active"}):
        Referral.objects.filter(pk=referral.pk).update(**change)
        collect()
        owed = set(OutboxItem.objects.values_list("object", "subject_id"))
        assert owed == {(COMPANY, firm.pk), (CONTACT, one.pk)}
        OutboxItem.objects.all().delete()


@pytest.mark.parametrize(
    ("change", "words"),
    [({"is_enabled": False}, "switched off"), ({"state": "new"}, "not signed in"),
     ({"state": "needs_login"}, "not signed in"), ({"objects_on": []}, "Choose what")],
)  # fmt: skip
def test_xr_70_what_cannot_be_synced_is_refused_before_it_is_queued(db, change, words):
    fit = {"state": "ready", "objects_on": [CONTACT]}
    of = connection("hubspot", "private_app", **{**fit, **change})

    with pytest.raises(SyncRefused, match=words):
        services.start(of)

    assert not Sync.objects.exists()


def test_xr_70_clicks_at_once_are_one_sync(transactional_db):
    of = connection("hubspot", "private_app", state="ready", objects_on=[CONTACT])

    def click(_):
        try:
            return services.start(Connection.objects.get(pk=of.pk)).state
        except SyncRefused as why:
            return str(why)
        finally:
            db.connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(click, range(4)))

    assert found == [f"{of.label} is being synced already; wait until it is done."] * 3 + [
        "waiting"
    ]
    assert Sync.objects.count() == 1
