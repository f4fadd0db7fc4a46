"""Pipedrive's limits and refusals: bursts are paced, a spent day ends the sync."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from crm_sync.connector import CONTACT
from crm_sync.connectors.pipedrive.provider import PROVIDER, classify
from integrations.errors import (
    NotEntitled,
    QuestionRejected,
    QuotaExhausted,
    Throttled,
)
from tests.crm_sync.connectors.pipedrive.at_pipedrive import later, person

TOMORROW = "x-daily-ratelimit-token-remaining"
REFUSED = {"success": False, "error": "request over limit"}


def test_a_spent_day_stops_the_sync_until_the_next(pipedrive):
    pipedrive.let(limits={"tokens": 30_000, "left": 40})
    people, days = [person(n) for n in range(10)], [datetime.now(UTC).date()]

    done = pipedrive.write(*people)
    with pytest.raises(QuotaExhausted) as refused:
        pipedrive.write(*(later(one, may_exist=True) for one in people))

    days.append(datetime.now(UTC).date())
    assert refused.value.retry_at is not None
    today = refused.value.retry_at - timedelta(days=1)
    assert today.date() in days  # another one, where it is midnight meanwhile
    assert today.time() == time()
    assert sorted(one.outcome for one in done.values()) == ["again"] * 4 + ["created"] * 6
    assert pipedrive.count() == 6


def test_a_burst_is_paced_and_nothing_is_refused_for_long(pipedrive):
    pipedrive.let(limits={"burst": 20, "patience": 20})
    people = [person(n) for n in range(45)]

    done = pipedrive.write(*people)

    assert {one.outcome for one in done.values()} == {"created"}
    assert pipedrive.count() == 45
    assert pipedrive.told()["limits"]["refused"] <= 10


def test_searches_keep_to_their_own_rate(pipedrive):
    pipedrive.let(limits={"plan": "ultimate"})
    people = [person(n, may_exist=True) for n in range(15)]

    done = pipedrive.write(*people)

    assert {one.outcome for one in done.values()} == {"created"}
    # A slow machine may bring a permitted search late, among the next ones.
    refused = pipedrive.told()["limits"]["refused"]
    assert pipedrive.asked("GET /api/v2/persons/search") == 15 + refused
    assert refused <= 5


def test_who_is_blocked_stops_at_once(pipedrive):
    pipedrive.let(blocked=True)

    with pytest.raises(Throttled, match="blocked this connection") as blocked:
        pipedrive.write(person())

    assert blocked.value.retry_after_s == 900
    assert sum(pipedrive.told()["asked"].values()) == 1


@pytest.mark.parametrize(
    ("headers", "kind", "wait_s"),
    [
        ({}, Throttled, 0), ({"x-ratelimit-reset": "2"}, Throttled, 2),
        ({"x-ratelimit-reset": "999999"}, Throttled, 10), ({"retry-after": "7"}, Throttled, 7),
        ({"retry-after": "abc"}, Throttled, 0), ({"retry-after": "-1"}, Throttled, 0),
        ({TOMORROW: "12000", "retry-after": "3"}, Throttled, 3),
        ({TOMORROW: "0"}, QuotaExhausted, None),
    ],
)  # fmt: skip
def test_ar_19_a_429_means_seconds_or_the_next_day(headers, kind, wait_s):
    error = classify(429, REFUSED, headers)
    assert (type(error), error.retry_after_s) == (kind, wait_s)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"success": True, "data": {}}, None), (200, REFUSED, QuestionRejected),
        (400, REFUSED, QuestionRejected), (422, "", QuestionRejected),
        (400, None, QuestionRejected), (403, REFUSED, NotEntitled),
        (403, "<!DOCTYPE html>", Throttled), (415, REFUSED, NotEntitled),
        (401, REFUSED, None), (404, REFUSED, None), (500, REFUSED, None), (503, "<html>", None),
    ],
)  # fmt: skip
def test_ar_44_statuses_mean_what_they_mean(status, body, kind):
    error = classify(status, body, {})
    assert (type(error) if error else None) is kind


def test_a_field_that_the_plan_lacks_is_told_to_an_operator(pipedrive):
    with pytest.raises(NotEntitled, match="job_title needs contact sync"):
        pipedrive.write(person(job_title="Analyst"))
    assert pipedrive.count() == 0


def test_only_one_of_many_that_the_plan_refuses_waits(pipedrive):
    good, bad = person(1), person(2, job_title="Analyst")
    done = pipedrive.write(good, bad)
    assert (done[good.key].outcome, done[bad.key].outcome) == ("created", "again")


def test_a_read_of_a_hundred_costs_one_list(pipedrive):
    ids = [pipedrive.make() for _ in range(100)]
    pipedrive.let(limits={"tokens": 1_000})

    found = pipedrive.ask("read", CONTACT, [*ids, "none"], ["name"])

    assert [one.id for one in found] == ids
    assert pipedrive.told()["limits"]["left"] == 1_000 - 10 - 10
    assert PROVIDER.max_in_flight == 10
