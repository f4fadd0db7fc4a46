"""The ledger's list: filters, search and pages over ids that sort by time."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Count, Q
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact
from enrichment.models import Recipe, Run
from integrations.ids import first_uuid7
from integrations.models import Account, ApiCall
from integrations.queries import calls, filters

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def made(count=1, at=NOON, **fields):
    """Makes calls a second apart; returns their ids, the oldest first."""
    values = {"provider": "twilio", "lookup": "line_type", "outcome": "answered", **fields}
    rows = [
        ApiCall(
            id=UUID(int=first_uuid7(at + timedelta(seconds=n)).int + 1),
            started_at=at + timedelta(seconds=n),
            **values,
        )
        for n in range(count)
    ]
    return [row.pk for row in ApiCall.objects.bulk_create(rows)]


def found(**params):
    wanted = filters.read(params)
    assert wanted.notices == []
    return [row.pk for row in calls.page(wanted).rows]


def test_pages_follow_each_other_newest_first():
    ids = made(calls.SHOWN + 3)

    first = calls.page(filters.read({}))
    second = calls.page(filters.read({}), first.after)

    assert [row.pk for row in [*first.rows, *second.rows]] == ids[::-1]
    assert (second.after, second.searched_to) == (None, None)


@pytest.mark.parametrize(
    ("params", "fields"),
    [
        ({"provider": "twilio", "outcome": "failed"}, {"outcome": "failed"}),
        ({"lookup": "twilio.caller_name"}, {"lookup": "line_type+caller_name"}),
        ({"lookup": "twilio.caller_name"}, {"lookup": "a+caller_name+b"}),
        ({"lookup": "connection_test"}, {"lookup": "connection_test"}),
        ({"status": "4xx"}, {"http_status": 404}),
        ({"status": "404"}, {"http_status": 404}),
        ({"status": "none", "outcome": "unknown"}, {"outcome": "unknown"}),
        ({"error": "Throttled"}, {"outcome": "failed", "error_class": "Throttled"}),
        ({"run": "7"}, {"run_id": 7}),
        ({"contact": "9"}, {"contact_id": 9}),
        ({"q": "RQ0123abc"}, {"remote_id": "RQ0123abc"}),
    ],
)
def test_each_filter_finds_its_own(params, fields):
    made(3, http_status=200)
    (wanted,) = made(at=NOON - timedelta(hours=1), **fields)

    assert found(**params) == [wanted]


def test_a_lookup_whose_name_begins_another_is_not_found_by_it():
    made(lookup="line_type")
    (wanted,) = made(at=NOON - timedelta(hours=1), lookup="line_status+line_type")

    assert found(lookup="twilio.line_status") == [wanted]


def test_a_day_is_of_utc_by_when_the_call_started():
    day = datetime(2026, 11, 20, tzinfo=UTC)
    made(at=day - timedelta(seconds=1))
    (first,) = made(at=day)
    (last,) = made(at=day + timedelta(hours=23, minutes=59, seconds=59))
    made(at=day + timedelta(days=1))

    assert found(day="2026-11-20") == [last, first]


def test_a_call_that_waited_over_midnight_counts_to_the_day_it_started():
    day = datetime(2026, 11, 20, tzinfo=UTC)
    made(at=day - timedelta(seconds=30))
    ApiCall.objects.update(started_at=day + timedelta(seconds=5))

    assert len(found(day="2026-11-20")) == 1
    assert found(day="2026-11-19") == []


def test_a_phone_number_finds_its_contacts_calls_though_the_ledger_has_none():
    contact = Contact.objects.create(phone_raw="x", phone_e164="+14155550100")
    made(2, contact_id=contact.pk + 1)
    (wanted,) = made(at=NOON - timedelta(hours=1), contact_id=contact.pk)

    assert found(q="+1 415 555 0100") == found(q="(415) 555-0100") == [wanted]
    assert found(q="+14155550199") == []


def test_a_request_id_finds_its_call():
    wanted, _ = made(2)

    assert found(q=str(wanted)) == [wanted]
    assert found(q=str(UUID(int=5))) == []


def test_a_runs_calls_are_looked_for_where_it_ran():
    recipe = Recipe.objects.create(slug="r", name="R")
    run = Run.objects.create(recipe=recipe, finished_at=NOON + timedelta(minutes=5))
    Run.objects.filter(pk=run.pk).update(created_at=NOON)
    (wanted,) = made(run_id=run.pk)
    made(3, at=NOON + timedelta(days=1), run_id=run.pk + 1)

    read = filters.read({"run": str(run.pk)})

    assert found(run=str(run.pk)) == [wanted]
    assert (read.since, read.until) == (NOON, NOON + timedelta(minutes=5) + filters.WAITS)


def test_a_rare_find_says_how_far_it_looked_and_goes_on():
    (wanted,) = made(at=NOON - timedelta(hours=1), outcome="answered", http_status=404)
    made(30, http_status=200)
    read = filters.read({"status": "404"})

    first = calls.page(read, looked_at=(3, 10))
    second = calls.page(read, first.after, looked_at=(3, 10))
    third = calls.page(read, second.after, looked_at=(3, 10))
    fourth = calls.page(read, third.after, looked_at=(3, 10))

    assert [len(page.rows) for page in (first, second, third, fourth)] == [0, 0, 0, 1]
    assert first.searched_to == NOON + timedelta(seconds=19)
    assert (fourth.rows[0].pk, fourth.after) == (wanted, None)


def test_failures_are_looked_for_among_failures_only():
    (wanted,) = made(at=NOON - timedelta(hours=1), outcome="failed", error_class="Throttled")
    made(30)

    page = calls.page(filters.read({"error": "Throttled"}), looked_at=(1, 2))

    assert [row.pk for row in page.rows] == [wanted]
    assert page.after is None


def test_ar_47_a_weeks_failures_by_category_are_one_indexed_query():
    made(3, outcome="answered")
    made(2, NOON + timedelta(hours=1), outcome="failed", error_class="Throttled", http_status=429)
    made(1, NOON + timedelta(hours=2), outcome="unknown", error_class="OutcomeUnknown")
    made(4, NOON - timedelta(days=8), outcome="failed", error_class="Throttled")
    since = UUID(int=first_uuid7(NOON - timedelta(days=7)).int)
    failed = ApiCall.objects.filter(~Q(outcome="answered"), pk__gte=since).order_by()
    counted = failed.values_list("error_class").annotate(count=Count("pk"))

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert dict(counted) == {"Throttled": 2, "OutcomeUnknown": 1}
    assert "apicall_not_answered" in counted.explain()


def test_a_page_costs_few_queries_however_many_rows_match():
    made(calls.SHOWN * 2, account=Account.objects.create(provider="twilio"))

    with CaptureQueriesContext(connection) as captured:
        calls.page(filters.read({"provider": "twilio"}))

    assert len(captured) <= 4


@pytest.mark.parametrize(
    "params",
    [
        {"provider": "nobody"}, {"lookup": "twilio.nothing"}, {"lookup": "x"}, {"outcome": "'"},
        {"status": "abc"}, {"status": "9999"}, {"error": "Exception"}, {"day": "2026-13-01"},
        {"day": "9999-12-31"}, {"day": "0001-01-01"}, {"run": "-1"}, {"run": "9" * 40},
        {"contact": "²"}, {"q": "12"}, {"q": "%"},
    ],
    ids=str,
)  # fmt: skip
def test_a_broken_filter_is_left_out_with_a_notice(params):
    wanted = filters.read(params)

    assert (len(wanted.notices), wanted.params) == (1, {})
    assert "means nothing" in wanted.notices[0]
