"""What each provider tells of its limits, from the headers and bodies that its page shows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from multidict import CIMultiDict, CIMultiDictProxy

from integrations.errors import ContractBroken
from integrations.provider import DAY, MINUTE, Told
from integrations.registry import PROVIDERS, provider
from tests.integrations.apis import RecordedApi

MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ENRICH = frozenset({"enrich_person"})


def read(slug: str, lookups: tuple[str, ...], **headers: str) -> list[Told]:
    """Read headers, whose dashes are written as underscores."""
    sent = CIMultiDict({name.replace("_", "-"): value for name, value in headers.items()})
    reads = provider(slug).reads_limits
    assert reads is not None
    with time_machine.travel(NOON, tick=False):
        return list(reads(CIMultiDictProxy(sent), lookups))


def ask(slug: str, body: Any) -> list[Told]:
    asks = provider(slug).asks_limits
    assert asks is not None
    return list(asyncio.run(asks(RecordedApi(body))))  # type: ignore[arg-type]


def test_who_tells_and_how():
    by_headers = {each.slug for each in PROVIDERS if each.reads_limits}
    when_asked = {each.slug for each in PROVIDERS if each.asks_limits}

    assert by_headers == {"yelp", "peopledatalabs", "apollo", "numverify"}
    assert when_asked == {"twilio", "hunter", "zerobounce"}


def test_yelp_tells_of_its_day_and_of_the_endpoints():
    found = read(
        "yelp", ("search",),
        RateLimit_DailyLimit="500", RateLimit_Remaining="499",
        RateLimit_ResourceDailyLimit="100", RateLimit_ResourceRemaining="99",
        RateLimit_ResetTime="2026-11-23T00:00:00+00:00",
    )  # fmt: skip

    assert found == [
        Told("requests a day", 499, 500, DAY, MIDNIGHT),
        Told("searches a day", 99, 100, DAY, MIDNIGHT, frozenset({"search"})),
    ]


@pytest.mark.parametrize("minute", ['{"minute": 7, "day": null}', "{'minute': 7}", "7"])
def test_people_data_labs_tells_of_the_minute_and_the_credits_of_an_endpoint(minute: str):
    found = read(
        "peopledatalabs", ("enrich_person",),
        x_ratelimit_limit='{"minute": 100}', x_ratelimit_remaining=minute,
        x_ratelimit_reset="2026-11-23T00:00:00Z", x_totallimit_remaining="1342",
    )  # fmt: skip

    assert found == [
        Told("requests a minute", 7, 100, MINUTE, MIDNIGHT, ENRICH),
        Told("credits", 1342, lookups=ENRICH),
    ]


def test_apollo_tells_of_each_window_and_of_no_moment():
    found = read(
        "apollo", ("match_person",),
        x_rate_limit_minute="50", x_minute_requests_left="49",
        x_rate_limit_hourly="200", x_hourly_requests_left="0",
    )  # fmt: skip

    mine = frozenset({"match_person"})
    assert found == [
        Told("requests a minute", 49, 50, MINUTE, None, mine),
        Told("requests an hour", 0, 200, HOUR, NOON + timedelta(minutes=15), mine),
    ]


def test_numverifys_marketplace_tells_of_day_and_month():
    found = read(
        "numverify", (), X_RateLimit_Limit_Month="30000", X_RateLimit_Remaining_Month="29873",
        X_RateLimit_Limit_Day="1000", X_RateLimit_Remaining_Day="997",
    )  # fmt: skip

    assert found == [
        Told("requests a day", 997, 1000, DAY),
        Told("requests a month", 29873, 30000, DAY * 30),
    ]


@pytest.mark.parametrize("slug", ["yelp", "peopledatalabs", "apollo", "numverify"])
@pytest.mark.parametrize("odd", ["", "-1", "many", "٣", "9" * 40, "{}", "null", "1e9", "NaN"])
def test_headers_that_nobody_can_read_say_nothing(slug: str, odd: str):
    names = (
        "ratelimit_remaining", "x_ratelimit_remaining", "x_totallimit_remaining",
        "x_minute_requests_left", "x_ratelimit_remaining_day",
    )  # fmt: skip

    assert read(slug, (), **dict.fromkeys(names, odd)) == []


def test_a_moment_that_nobody_can_read_is_no_moment():
    (found,) = read("yelp", (), RateLimit_Remaining="3", RateLimit_ResetTime="tomorrow")

    assert (found.left, found.resets_at) == (3, None)


def test_hunter_tells_of_the_plan_when_asked():
    requests = {
        "searches": {"used": 12, "available": 500},
        "verifications": {"used": 1200, "available": 1000},
    }

    found = ask("hunter", {"data": {"reset_date": "2026-11-23", "requests": requests}})

    month, searches = DAY * 30, frozenset({"domain_search", "find_email"})
    assert found == [
        Told("searches of the plan", 488, 500, month, MIDNIGHT, searches),
        Told(
            "verifications of the plan", 0, 1000, month, MIDNIGHT, frozenset({"verify_email"})
        ),
    ]  # fmt: skip


def test_zerobounce_tells_of_its_credits_when_asked():
    assert ask("zerobounce", {"Credits": "123"}) == [Told("credits", 123)]
    assert ask("zerobounce", {"Credits": "-1"}) == []


def test_twilio_tells_of_its_rules_when_asked():
    rule = {"field": "line_type_intelligence", "bucket": "own", "limit": 2, "ttl": 1}
    others = [{**rule, "field": "of_tomorrow"}, {**rule, "ttl": 0}, {"field": "sim_swap"}]

    (found,) = ask("twilio", {"rate_limits": [rule, *others]})

    assert (found.name, found.left, found.limit) == (
        "lookups of line type intelligence (own)", None, 2,
    )  # fmt: skip
    assert (found.per, found.lookups) == (timedelta(seconds=1), frozenset({"line_type"}))


@pytest.mark.parametrize("slug", ["hunter", "zerobounce", "twilio"])
def test_an_answer_of_another_shape_breaks_the_contract(slug: str):
    for odd in ([], "NaN", {"data": []}, {"rate_limits": {}}, {"Credits": 5}):
        try:
            found = ask(slug, odd)
        except ContractBroken:
            continue
        assert found == []
