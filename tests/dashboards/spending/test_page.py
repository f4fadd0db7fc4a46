"""The page of spend: what it shows, where its figures lead, who sees it, what it costs."""

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboards.spending.asked import GROUPINGS
from enrichment.models import Run
from integrations.models import ApiCall, SpendDay
from tests.dashboards.people import signed_in
from tests.dashboards.rows import EVIL
from tests.dashboards.spending.ledgers import PRICE, account, ask, lose

pytestmark = pytest.mark.django_db
PAGE, FILE = "/admin/spend/", "/admin/spend/download/"
HIT = ("line_type", "hit", PRICE)


def shown(client, **params):
    response = client.get(PAGE, params)
    assert response.status_code == 200
    return response.context


def test_nothing_spent_says_what_comes_first(admin_client):
    html = admin_client.get(PAGE).content.decode()

    assert "Nothing was asked of any provider in these days. Once a run is approved" in html


def test_the_lines_of_outcomes_add_up_and_lead_to_their_calls(admin_client, runs):
    ask(runs[0].pk, HIT, contact_id=5)
    lose(runs[0].pk, contact_id=6)
    lose(runs[0].pk, contact_id=5)
    ask(runs[0].pk, HIT, contact_id=5)

    found = shown(admin_client)

    outcomes = found["outcomes"]
    assert [(one["count"], one["usd"]) for one in outcomes] == [
        (2, PRICE * 2),
        (1, PRICE),
        (1, PRICE),
    ]
    assert sum(one["usd"] for one in outcomes) == found["whole"].spent_usd == PRICE * 4
    listed = [len(admin_client.get(one["link"]).context["rows"]) for one in outcomes]
    assert listed == [4, 2, 1]


@pytest.mark.parametrize("by", ["provider", "lookup", "run", "day"])
def test_each_row_leads_to_its_calls(admin_client, runs, by):
    ask(runs[0].pk, HIT)
    ask(runs[0].pk, HIT)
    ask(runs[1].pk, ("find_email", "hit", PRICE), of="hunter")

    lines = shown(admin_client, by=by)["lines"]

    counts = [len(admin_client.get(line.calls).context["rows"]) for line in lines]
    assert counts == [line.sum.asked for line in lines]


@pytest.mark.parametrize("by", GROUPINGS)
def test_a_figure_splits_into_rows_that_add_up_to_it(admin_client, runs, by):
    ask(runs[0].pk, HIT)
    ask(runs[2].pk, ("find_email", "hit", PRICE * 2), of="hunter")
    ask(None, HIT)

    for line in shown(admin_client, by=by)["lines"]:
        inner = admin_client.get(line.deeper).context
        assert inner["whole"].spent_usd == line.sum.spent_usd


def test_what_means_nothing_is_left_out_with_a_notice(admin_client, runs):
    ask(runs[0].pk, HIT)
    broken = {"by": "moon", "period": "x", "run": "-1", "team": "\0", "recipe": "9" * 40}

    html = admin_client.get(PAGE, broken).content.decode()

    assert html.count("means nothing") == 5
    assert "$0.008" in html


@pytest.mark.parametrize(
    ("first", "last"),
    [("x", ""), ("2026-13-40", ""), ("0001-01-01", "0001-01-02"), ("9999-12-31", "9999-12-31")],
)
def test_days_that_mean_nothing(admin_client, first, last):
    assert "means nothing" in admin_client.get(PAGE, {"from": first, "to": last}).content.decode()


def test_days_the_wrong_way_round_and_too_many(admin_client):
    turned = shown(admin_client, **{"from": "2026-11-20", "to": "2026-11-01"})["asked"].period
    long = shown(admin_client, **{"from": "2001-01-01", "to": "2026-11-01"})["asked"].period

    assert (str(turned.first), str(turned.last)) == ("2026-11-01", "2026-11-20")
    assert (len(long.days), str(long.last)) == (400, "2026-11-01")


def test_names_of_others_are_text(admin_client, runs):
    Run.objects.filter(pk=runs[0].pk).update(name=EVIL)
    ask(runs[0].pk, HIT)

    assert EVIL not in admin_client.get(PAGE, {"by": "run"}).content.decode()


def test_a_long_table_is_cut_and_still_adds_up(admin_client, runs):
    of, day = account(), timezone.now().date()
    SpendDay.objects.bulk_create(
        SpendDay(day=day, account_id=of.pk, lookup="twilio.line_type", run_id=1000 + n,
                 is_sandbox=True, asked=1, hits=1, spent_usd=PRICE)
        for n in range(130)
    )  # fmt: skip

    found = shown(admin_client, by="run", period="7")

    assert (len(found["lines"]), found["other_count"]) == (50, 80)
    assert found["others"].spent_usd == PRICE * 80
    assert found["whole"].spent_usd == PRICE * 130


def test_the_file_has_every_row_and_the_sum_and_no_formula(admin_client, runs):
    Run.objects.filter(pk=runs[0].pk).update(name="=1+1")
    ask(runs[0].pk, HIT)
    lose(runs[1].pk)

    response = admin_client.get(FILE, {"by": "run"})

    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert rows[0][:3] == ["run", "key", "asked"]
    assert {row[0] for row in rows[1:]} == {"'=1+1", "Winter", "All"}
    assert [Decimal(row[7]) for row in rows[1:]] == [PRICE, PRICE, PRICE * 2]
    assert rows[-1][8] == "0.008000"


def test_it_asks_for_its_permission(client):
    assert signed_in("dashboards.view_home").get(PAGE).status_code == 403
    assert signed_in("dashboards.view_home").get(FILE).status_code == 403


def test_without_more_permissions_no_figure_leads_anywhere_closed(runs):
    ask(runs[0].pk, HIT)
    browser = signed_in("dashboards.view_spend")

    found = shown(browser, by="run")

    (line,) = found["lines"]
    assert (line.link, line.calls, line.unknown, found["outcomes"][0]["link"]) == ("", "", "", "")
    assert browser.get(line.deeper).status_code == 200


@pytest.mark.parametrize("by", GROUPINGS)
def test_as_many_queries_for_one_row_as_for_a_hundred(admin_client, runs, by):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            shown(admin_client, by=by)
        return len(captured)

    lose(runs[0].pk, contact_id=1)
    few = queries()
    for number in range(2, 30):
        run = Run.objects.create(recipe=runs[0].recipe, name=f"{number}", is_sandbox=True)
        lose(run.pk, contact_id=number)

    assert queries() == few <= 12
    assert ApiCall.objects.count() == 29


@pytest.mark.parametrize("name", ["run", "team", "recipe"])
@pytest.mark.parametrize("text", ["1" * 20, "1" * 40, str(2**63)])
def test_an_id_that_no_row_can_have_is_left_out_with_a_notice(admin_client, name, text):
    response = admin_client.get(PAGE, {name: text})

    assert response.status_code == 200
    assert f"“{name}” was left out" in response.content.decode()
