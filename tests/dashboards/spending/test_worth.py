"""Usable contacts and their price; how providers answer over time."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrichment.models import UsableDay
from tests.dashboards.people import signed_in
from tests.dashboards.spending.ledgers import PRICE, ask

pytestmark = pytest.mark.django_db
USABLE, ANSWERS = "/admin/spend/usable/", "/admin/spend/answers/"
HIT, MISS = ("line_type", "hit", PRICE), ("line_type", "miss", Decimal(0))


def today():
    return datetime.now(UTC).date()


def shown(client, address, **params):
    response = client.get(address, params)
    assert response.status_code == 200
    return response.context


def made(run, done, usable, *, field="", days_ago=0):
    day = today() - timedelta(days=days_ago)
    UsableDay.objects.create(run=run, day=day, field=field, done=done, usable=usable)


@pytest.mark.parametrize(
    ("address", "words"),
    [(USABLE, "No run finished a contact"), (ANSWERS, "Nothing was asked of any provider")],
)
def test_nothing_yet_says_what_comes_first(admin_client, address, words):
    assert words in admin_client.get(address).content.decode()


@pytest.mark.parametrize("address", [USABLE, ANSWERS])
def test_each_page_asks_for_the_permission(address):
    assert signed_in("dashboards.view_home").get(address).status_code == 403
    assert signed_in("dashboards.view_spend").get(address).status_code == 200


def test_the_price_of_a_usable_contact_of_a_recipe(admin_client, runs):
    made(runs[0], 10, 4)
    made(runs[0], 10, 8, field="line_type")
    made(runs[2], 5, 5, days_ago=1)
    for _ in range(4):
        ask(runs[0].pk, HIT)

    every = shown(admin_client, USABLE)
    phone = shown(admin_client, USABLE, recipe=runs[0].recipe_id)

    assert (every["whole"].done, every["whole"].usable) == (15, 9)
    assert (phone["whole"].usable_usd, phone["whole"].spent_usd) == (PRICE, PRICE * 4)
    assert [(one.name, one.usable, one.each_usd) for one in phone["fields"]] == [
        ("line_type", 8, PRICE / 2)
    ]
    assert [(one.usable, one.each_usd) for one, _ in every["days"]] == [(4, PRICE), (5, 0)]


def test_rows_by_run_say_what_a_usable_contact_cost(admin_client, runs):
    made(runs[0], 10, 4)
    made(runs[1], 3, 2)
    ask(runs[0].pk, HIT)

    lines = shown(admin_client, "/admin/spend/", by="run")["lines"]

    assert [(line.label, line.sum.usable, line.sum.usable_usd) for line in lines] == [
        ("Autumn", 4, PRICE / 4), ("Winter", 2, 0),
    ]  # fmt: skip


def test_hit_rates_and_times_by_provider_lookup_and_day(admin_client, runs):
    for ms in (100, 100, 100, 2000):
        ask(runs[0].pk, HIT, ms=ms)
    ask(runs[0].pk, MISS, ms=100)

    found = shown(admin_client, ANSWERS)

    (_, providers), (_, names) = found["groups"]
    one = providers[0]["one"]
    assert (one.asked, one.hits, one.misses, one.hit_rate) == (5, 4, 1, 0.8)
    assert (one.p50_ms // 10, 1613 <= one.p95_ms <= 2033) == (9, True)
    assert names[0]["label"] == "Twilio Lookup: Line type"
    assert [(day, one.asked) for one, day in found["days"]] == [(today(), 5)]
    assert len(admin_client.get(providers[0]["calls"]).context["rows"]) == 5


def test_one_lookup_of_many(admin_client, runs):
    ask(runs[0].pk, HIT)
    ask(runs[0].pk, ("find_email", "hit", PRICE), of="hunter")

    found = shown(admin_client, ANSWERS, lookup="hunter.find_email")

    assert [row["one"].name for _, rows in found["groups"] for row in rows] == [
        "hunter", "hunter.find_email",
    ]  # fmt: skip


@pytest.mark.parametrize("address", [USABLE, ANSWERS])
def test_what_means_nothing_is_left_out_with_a_notice(admin_client, address):
    html = admin_client.get(address, {"recipe": "x", "from": "never"}).content.decode()

    assert html.count("means nothing") == 2


@pytest.mark.parametrize("address", [USABLE, ANSWERS])
def test_as_many_queries_for_one_row_as_for_many(admin_client, runs, address):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            shown(admin_client, address)
        return len(captured)

    made(runs[0], 1, 1)
    ask(runs[0].pk, HIT)
    few = queries()
    for number in range(1, 20):
        made(runs[1], 2, 1, days_ago=number)
        ask(runs[1].pk, ("caller_name", "hit", PRICE))

    assert queries() == few <= 12
