"""Referrals are kept one by one, and what says nothing new costs no write."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from contacts.models import Company
from crm_sync.models import Referral, ReferralChange
from crm_sync.referrals.storing import store
from tests.crm_sync.referrals.house import body, customer

pytestmark = pytest.mark.django_db


def row(id_="r-1"):
    return Referral.objects.get(remote_id=id_)


def test_referral_is_kept_with_what_it_says(connection):
    stored = store(connection.pk, [body(customerProfile=customer(), engagementId="e-1")])

    assert stored.counts() == {"created": 1, "updated": 0, "same": 0, "skipped": 0, "failed": 0}
    kept = row()
    assert (kept.customer_name, kept.domain, kept.engagement_id) == (
        "Birch Works", "birch.test", "e-1",
    )  # fmt: skip
    assert (kept.link_state, kept.company) == ("none", None)
    assert [(one.what, one.after) for one in kept.changes.all()] == [("seen", "New, Pending")]


def test_xr_51_unchanged_moves_last_seen_and_nothing_else(connection):
    store(connection.pk, [body()])
    before = row()

    with CaptureQueriesContext(
        database,
    ) as queries:
        stored = store(connection.pk, [body()])

    after = row()
    assert stored.counts()["same"] == 1
    assert after.synced_at > before.synced_at
    assert (after.changed_at, after.content_hash) == (before.changed_at, before.content_hash)
    assert after.changes.count() == 1
    writes = [one["sql"] for one in queries if one["sql"].startswith("UPDATE")]
    assert len(writes) == 1
    assert " SET " + '"synced_at" = STATEMENT_TIMESTAMP() WHERE' in writes[0]
    assert not [one for one in queries if one["sql"].startswith("INSERT")]


def test_xr_51_changed_moves_hash_and_source_times(connection):
    store(connection.pk, [body()])
    before = row()

    stored = store(connection.pk, [
        body(updatedDateTime="2026-11-02T10:00:00Z", createdDateTime="2026-10-01T00:00:00Z")
    ])  # fmt: skip

    after = row()
    assert stored.counts()["updated"] == 1
    assert after.updated_there_at.day == 2
    assert after.created_there_at.month == 10
    assert after.content_hash != before.content_hash


def test_xr_58_each_step_is_kept_and_what_the_table_forbids_is_marked(connection):
    for day, status, substatus in (
        (1, "New", "Pending"), (2, "New", "Received"), (3, "Active", "Accepted"),
        (4, "Closed", "Won"), (5, "New", "Pending"),
    ):  # fmt: skip
        at = f"2026-11-0{day}T10:00:00Z"
        store(connection.pk, [body(status=status, substatus=substatus, updatedDateTime=at)])

    steps = [(one.before, one.after, one.is_odd) for one in row().changes.order_by("pk")]
    assert steps == [
        ("", "New, Pending", False), ("New, Pending", "New, Received", False),
        ("New, Received", "Active, Accepted", False), ("Active, Accepted", "Closed, Won", False),
        ("Closed, Won", "New, Pending", True),
    ]  # fmt: skip
    assert row().status == "New"


def test_older_word_that_comes_late_changes_nothing(connection):
    store(connection.pk, [body(name="new", updatedDateTime="2026-11-02T10:00:00Z")])

    stored = store(connection.pk, [body(name="old", updatedDateTime="2026-11-01T10:00:00Z")])

    assert stored.counts()["same"] == 1
    assert row().name == "new"


def test_shown_twice_on_a_page_the_later_word_counts_once(connection):
    stored = store(connection.pk, [
        body(name="old"), body(name="new", updatedDateTime="2026-11-02T10:00:00Z"),
    ])  # fmt: skip

    assert stored.counts()["created"] == 1
    assert row().name == "new"


def test_outgoing_is_left_out(connection):
    stored = store(connection.pk, [body(direction="Outgoing")])

    assert stored.counts()["skipped"] == 1
    assert Referral.objects.count() == 0


def test_ar_30_one_that_cannot_be_kept_spoils_no_other(connection):
    with database.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE crm_sync_referral ADD CONSTRAINT poison CHECK (name <> 'poison') NOT VALID"
        )

    stored = store(connection.pk, [
        body("r-1"), body("r-2", name="poison"), {"id": ""}, body("r-3"),
    ])  # fmt: skip

    assert stored.counts() == {"created": 2, "updated": 0, "same": 0, "skipped": 0, "failed": 2}
    assert stored.failed_ids == ["without an id", "r-2"]
    assert stored.held_at is not None
    assert sorted(one.remote_id for one in Referral.objects.all()) == ["r-1", "r-3"]


def test_xr_50_name_falls_back_to_the_companys_and_then_the_domain(connection):
    store(connection.pk, [
        body("r-1", customerProfile=customer(), companyName="Other"),
        body("r-2", companyName="Other"),
        body("r-3", customerProfile=customer(name="")),
    ])  # fmt: skip

    assert [str(one) for one in Referral.objects.order_by("remote_id")] == [
        "Birch Works", "Other", "birch.test",
    ]  # fmt: skip


def test_page_costs_no_more_queries_for_more_that_is_not_new(connection):
    def cost(count):
        page = [body(f"r-{n}") for n in range(count)]
        store(connection.pk, page)
        with CaptureQueriesContext(database) as queries:
            store(connection.pk, page)
        return len(queries)

    assert cost(2) == cost(100)


def test_ar_25_kept_twice_it_is_one_row(connection):
    page = [body(customerProfile=customer())]
    Company.objects.create(domain="birch.test")

    for _ in range(3):
        store(connection.pk, page)

    assert Referral.objects.count() == 1
    assert [one.what for one in ReferralChange.objects.order_by("pk")] == ["seen", "link"]
