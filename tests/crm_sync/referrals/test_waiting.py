"""A sync that is told to wait, or whose page has gone, goes on where it was, or ends."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from crm_sync.models import Referral, Sync
from crm_sync.referrals import pulling, syncs
from crm_sync.referrals.provider import CLAIMS, ThrottledForLong
from integrations.errors import (
    AccountUnusable,
    CallError,
    CircuitOpen,
    ContractBroken,
    CredentialRejected,
    NotEntitled,
    OutcomeUnknown,
    QuestionRejected,
    QuotaExhausted,
    RateReached,
    ServerFailed,
    Throttled,
    Unreachable,
)
from integrations.lanes import Lane
from tests.crm_sync.referrals.house import asked_pages, control


@pytest.mark.parametrize("status", [429, 503, 509])
def test_xr_54_long_wait_is_spent_in_the_queue_and_the_sync_goes_on_at_its_page(house, status):
    control(house.sandbox, make=250)
    control(house.sandbox, stand_at_ms=None)
    sync, began = house.claimed(), timezone.now()
    after_first(house, {"status": status, "retry_after": "120"}, sync)

    sync.refresh_from_db()
    assert (sync.state, sync.category, sync.worker_id) == ("waiting", "throttled", None)
    assert sync.due_at - began >= timedelta(seconds=120)
    assert sync.due_at - timezone.now() <= timedelta(seconds=145)
    assert Referral.objects.count() == 100
    assert house.cursor()["link"]

    sync = house.again(sync)

    assert (sync.state, sync.category) == ("done", "")
    assert sync.counts["referral"]["created"] == 250
    assert asked_pages(house) == 4  # three pages, and the one that was refused


def after_first(house, refusal, sync):
    """Do a sync whose second page is refused so."""

    async def main(api):
        class Refusing:
            options, key_fields, sleep = api.options, api.key_fields, api.sleep
            pages = 0

            async def ask(self, method, path, /, **more):
                self.pages += 1
                if self.pages == 2:
                    control(house.sandbox, refuse=refusal)
                return await api.ask(method, path, **more)

        lane = Lane("test")
        try:
            await pulling.work(Refusing(), sync, lane)
        finally:
            await asyncio.get_running_loop().run_in_executor(None, lane.close)

    house.ask(main)


def test_address_of_a_page_that_serves_no_more_begins_again_from_the_watermark(house):
    control(house.sandbox, make=150)
    sync = house.claimed()
    after_first(house, {"status": 503, "retry_after": "30"}, sync)
    control(house.sandbox, forget_pages=True)

    sync = house.again(sync)

    assert sync.state == "done"
    assert sync.counts["referral"] == {"created": 150, "updated": 0, "same": 100, "skipped": 0,
                                       "failed": 0}  # fmt: skip
    assert house.cursor()["link"] == ""


def test_another_sync_does_not_go_on_at_a_page_of_one_that_failed(house):
    control(house.sandbox, make=150)
    after_first(house, {"status": 403, "code": "accessDenied"}, house.claimed())

    sync = house.sync()

    assert sync.counts["referral"]["same"] == 100
    assert sync.counts["referral"]["created"] == 50


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [(-1.0, 1, 12), (0.0, 1, 12), (999_999.0, 3600, 3970), (None, 60, 76), (90.0, 90, 109)],
)
def test_ar_04_ar_19_wait_is_within_bounds_whatever_was_asked(asked, least, most):
    waits = {syncs.pause_s(Throttled("x", retry_after_s=asked)) for _ in range(100)}

    assert least <= min(waits)
    assert max(waits) <= most
    assert len(waits) > 50  # who was refused together does not come back together


@pytest.mark.parametrize(
    ("error", "waits", "category"),
    [
        (Throttled(), True, "throttled"), (ThrottledForLong(), True, "throttled"),
        (RateReached(), True, "held_back"), (CircuitOpen(), True, "held_back"),
        (ServerFailed(), True, "unreachable"), (Unreachable(), True, "unreachable"),
        (OutcomeUnknown(), True, "unreachable"), (AccountUnusable(), False, "unusable"),
        (CredentialRejected(), False, "login"), (NotEntitled(code=CLAIMS), False, "login"),
        (NotEntitled(), False, "permission"), (QuestionRejected(), False, "rejected"),
        (QuotaExhausted(), False, "rejected"), (ContractBroken(), False, "contract"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, CallError) else None,
)  # fmt: skip
def test_ar_45_each_category_leads_elsewhere(error, waits, category):
    assert (syncs.may_wait(Sync(tries=1), error), syncs.category_of(error)) == (waits, category)


def test_ar_42_what_fails_for_long_is_given_up_and_what_is_held_back_is_not():
    tired = Sync(tries=syncs.MOST_TRIES)

    assert [syncs.may_wait(tired, one) for one in (ServerFailed(), Throttled(), RateReached())] == [
        False, True, True,
    ]  # fmt: skip


def test_page_that_is_followed_by_itself_ends_the_sync(house):
    control(house.sandbox, make=150)
    sync = house.claimed()

    async def main(api):
        class Circling:
            options, key_fields, sleep = api.options, api.key_fields, api.sleep
            first = None

            async def ask(self, method, path, /, **more):
                if self.first and not path.startswith("/"):
                    return self.first
                self.first = await api.ask(method, path, **more)
                return self.first

        lane = Lane("test")
        try:
            await pulling.work(Circling(), sync, lane)
        finally:
            await asyncio.get_running_loop().run_in_executor(None, lane.close)

    house.ask(main)

    sync.refresh_from_db()
    assert (sync.state, sync.category) == ("failed", "contract")
    assert Referral.objects.count() == 100
