"""A sync from end to end against the sandbox: what is read, where it goes on, and how it ends."""

import asyncio
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection

from contacts.models import Company
from crm_sync.models import Connection, Referral, Sync
from crm_sync.referrals import pulling, syncs
from integrations.lanes import Lane
from tests.crm_sync.connections import open_transactions
from tests.crm_sync.referrals.house import asked_pages, control, customer

MARK = int(datetime(2026, 11, 1, 10, 0, tzinfo=UTC).timestamp() * 1000)


def test_first_sync_reads_all_and_ends_done(house):
    control(house.sandbox, make=250)

    sync = house.sync()

    assert (sync.state, sync.category, sync.reason) == ("done", "", "")
    assert sync.counts == {"referral": {"created": 250, "updated": 0, "same": 0, "skipped": 0,
                                        "failed": 0}}  # fmt: skip
    assert Referral.objects.count() == 250
    assert asked_pages(house) == 3


def test_xr_46_next_sync_reads_what_changed_since_with_an_overlap(house):
    control(house.sandbox, stand_at_ms=MARK)
    old = house.add(name="old")
    control(house.sandbox, stand_at_ms=MARK + 30 * 60_000)
    house.add(name="newest")
    house.sync()
    assert house.cursor()["watermark"] == "2026-11-01T10:30:00+00:00"
    control(house.sandbox, stand_at_ms=MARK + 21 * 60_000)
    late = house.add(name="came in late")
    control(house.sandbox, stand_at_ms=MARK + 10 * 60_000)
    house.edit(old, name="edited before the overlap")

    sync = house.sync()

    assert sync.counts["referral"] == {"created": 1, "updated": 0, "same": 1, "skipped": 0,
                                       "failed": 0}  # fmt: skip
    assert house.rows()[late].name == "came in late"
    assert house.rows()[old].name == "old"
    full = house.sync(is_full=True)
    assert full.counts["referral"]["updated"] == 1
    assert house.rows()[old].name == "edited before the overlap"


def test_xr_46_watermark_stays_where_a_sync_fails(house):
    house.add()
    house.sync()
    before = house.cursor()["watermark"]
    control(house.sandbox, make=150)
    control(house.sandbox, rights="none")

    sync = house.sync()

    assert sync.state == "failed"
    assert house.cursor()["watermark"] == before


def test_xr_53_refused_sync_is_failed_with_its_category(house):
    control(house.sandbox, rights="none")

    sync = house.sync()

    assert (sync.state, sync.category, sync.worker_id) == ("failed", "permission", None)
    assert "Referrals administrator" in sync.reason
    assert sync.finished_at is not None
    house.connection.refresh_from_db()
    assert house.connection.state == Connection.State.REFUSED


@pytest.mark.parametrize("wanted", [{"rights": "claims"}, {"expire": True}])
def test_xr_61_claims_and_a_dead_token_need_somebody_to_sign_in(house, wanted):
    control(house.sandbox, **wanted)

    sync = house.sync()

    assert (sync.state, sync.category) == ("failed", "login")
    house.connection.refresh_from_db()
    assert house.connection.state == Connection.State.NEEDS_LOGIN
    assert house.connection.state_reason == sync.reason


def test_more_of_one_time_than_a_page_holds_are_all_read(house):
    control(house.sandbox, stand_at_ms=MARK)
    control(house.sandbox, make=230)

    house.sync()
    house.sync()

    assert Referral.objects.count() == 230


def test_one_that_cannot_be_kept_is_asked_for_again(house):
    control(house.sandbox, stand_at_ms=MARK)
    poison = house.add(name="poison")
    control(house.sandbox, stand_at_ms=MARK + 60 * 60_000)
    house.add(name="fine")
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE crm_sync_referral ADD CONSTRAINT poison CHECK (name <> 'poison')"
        )
    try:
        sync = house.sync()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE crm_sync_referral DROP CONSTRAINT poison")

    assert sync.state == "done"
    assert sync.reason == f"Not kept, and asked for again next time: {poison}"
    assert sync.counts["referral"]["failed"] == 1
    assert house.cursor()["watermark"] == "2026-11-01T10:00:00+00:00"
    assert house.sync().counts["referral"]["created"] == 1
    assert house.rows()[poison].name == "poison"


def test_sync_that_has_to_stop_stops_before_the_next_page(house):
    control(house.sandbox, make=150)

    sync = house.sync(wants_stop=True)

    assert sync.state == "stopped"
    assert Referral.objects.count() == 0


def test_sync_of_another_worker_is_left_alone(house):
    sync = house.claimed()
    Sync.objects.filter(pk=sync.pk).update(state="waiting", worker_id=None)
    control(house.sandbox, make=1)

    sync = house.work(sync)

    assert sync.state == "waiting"
    assert Referral.objects.count() == 0


def test_ar_42_failure_that_may_pass_is_tried_again_and_then_failed(house):
    control(house.sandbox, refuse={"status": 500, "times": 40})

    sync = house.sync()
    assert (sync.state, sync.category) == ("waiting", "unreachable")

    Sync.objects.filter(pk=sync.pk).update(tries=syncs.MOST_TRIES)
    sync = house.again(sync)
    assert (sync.state, sync.category) == ("failed", "unreachable")


def test_ar_27_company_that_turns_up_later_is_linked_by_a_sync_that_brings_nothing(house):
    id_ = house.add(customerProfile=customer())
    house.sync()
    assert house.rows()[id_].link_state == "none"
    company = Company.objects.create(domain="birch.test")

    sync = house.sync()

    assert sync.counts["referral"]["updated"] == 0
    assert (house.rows()[id_].link_state, house.rows()[id_].company_id) == ("auto", company.pk)


def test_ar_12_many_are_read_page_by_page(house):
    control(house.sandbox, make=1_500)

    sync = house.sync()

    assert sync.counts["referral"]["created"] == 1_500
    assert asked_pages(house) == 15


def test_ar_25_second_sync_at_once_is_refused_by_the_database(house):
    first = house.claimed()

    for state in ("waiting", "claimed"):
        with pytest.raises(IntegrityError, match="sync_one_open"):
            Sync.objects.create(connection=house.connection, state=state, worker_id=house.worker_id)

    house.work(first)
    assert house.sync().state == "done"


def test_ar_32_no_transaction_is_open_while_partner_center_is_asked(house):
    control(house.sandbox, make=250)
    sync, seen = house.claimed(), []

    async def main(api):
        class Looking:
            options, key_fields, sleep = api.options, api.key_fields, api.sleep

            async def ask(self, method, path, /, **more):
                seen.append(await asyncio.to_thread(open_transactions))
                return await api.ask(method, path, **more)

        lane = Lane("test")
        try:
            await pulling.work(Looking(), sync, lane)
        finally:
            await asyncio.to_thread(lane.close)

    house.ask(main)

    assert seen == [0, 0, 0]
    assert Referral.objects.count() == 250
