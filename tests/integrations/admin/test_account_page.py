"""The cards and the page of an account: what they show and cost, and what is done there."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integrations import fleet
from integrations.models import Account, Budget, LookupDay
from integrations.neighbours import neighbours
from integrations.registry import PROVIDERS

CARDS = "/admin/integrations/account/"
ALL = (
    "view_account", "change_account", "change_secret", "test_account", "view_apicall", "view_run",
    "view_circuits",
)  # fmt: skip

pytestmark = pytest.mark.django_db


def test_every_provider_has_a_card_that_says_how_to_go_live(admin_client):
    response = admin_client.get(CARDS)

    cards = response.context["cards"]
    assert {card["standing"].provider for card in cards} == set(PROVIDERS)
    assert {card["standing"].state.name for card in cards} == {"sandbox"}
    html = response.content.decode()
    assert "You are in the sandbox" in html and "remove SWITCHBOARD_SANDBOX=1" in html


def test_going_live_without_the_setting_is_said_to_take_a_secret(admin_client, settings):
    settings.SANDBOX = None

    html = admin_client.get(CARDS).content.decode()

    assert "open an account and set its secrets" in html and "runs buy real answers" in html


def test_pages_cost_the_same_few_queries_for_everybody(person, account, at):
    client = person(*ALL)
    client.get(at())

    counts = []
    for address in (CARDS, at()):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))

    assert max(counts) <= 12, counts


def test_a_price_says_where_it_is_from(save, admin_client, at):
    save("lookups", price_line_type="0.004")

    sections = {s["form"].name: s["form"] for s in admin_client.get(at()).context["sections"]}
    found = {row.lookup.name: row for row in sections["lookups"].lookups}

    assert found["line_type"].is_own_price
    assert found["validation"].lookup.price.source.startswith("https://www.twilio.com/")
    assert not found["caller_name"].lookup.price.source
    assert not found["caller_name"].is_own_price


@pytest.fixture
def today():
    """A day that does not end before the test does."""
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    with time_machine.travel(noon):
        yield noon.date()


def test_budgets_and_lookups_of_today_stand_at_the_top(today, admin_client, account, at):
    Account.objects.update(daily_cap_usd=10)
    Budget.objects.create(key=f"account:{account.pk}:{today:%Y-%m-%d}", spent_usd=9, reserved_usd=1)
    LookupDay.objects.create(
        account_id=account.pk, lookup="twilio.line_type", day=today, is_sandbox=True, asked=5,
        hits=1,
    )  # fmt: skip

    standing = admin_client.get(at()).context["standing"]

    (day, month) = standing.pots
    assert (day.asked, day.used_usd, day.percent) == (5, 10, 100)
    assert (month.asked, month.used_usd, month.percent) == (5, 0, None)
    assert [state.name for state in standing.states] == ["over_budget", "sandbox"]
    assert standing.last_success == today


def test_an_open_circuit_leads_to_the_circuits(admin_client, at):
    fleet.open_by_hand("twilio:sandbox", "they asked us to stop", "ada")

    html = admin_client.get(at()).content.decode()

    assert "Opened by ada: they asked us to stop" in html
    assert reverse("dashboards:circuits") in html


def test_asking_again_is_a_persons_word(admin_client, account, at):
    Account.objects.update(state="rejected", state_reason="wrong")

    told = [admin_client.get(at("resume")).status_code for _ in range(1)]
    first = admin_client.post(at("resume"), follow=True).content.decode()
    second = admin_client.post(at("resume"), follow=True).content.decode()

    assert told == [405]
    assert "is asked again" in first and "was not stopped" in second
    assert Account.objects.get().state == "ok"
    assert LogEntry.objects.count() == 1


def test_a_test_answers_with_a_fragment_and_the_new_state(admin_client, at, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:1"

    html = admin_client.post(at("test"), headers={"HX-Request": "true"}).content.decode()

    assert "The provider could not be reached" in html and "<html" not in html
    assert 'id="glance"' in html and 'hx-swap-oob="true"' in html


def test_names_are_escaped(admin_client, account, at):
    Account.objects.update(label="<script>alert(1)</script>", state_reason="<b>", state="rejected")

    for address in (CARDS, at(), at("forget")):
        html = admin_client.get(address).content.decode()
        assert "<script>alert" not in html and "<b>" not in html


def test_neighbours_are_introduced():
    assert neighbours().waiting_runs.__module__ == "dashboards.neighbours"


def test_with_redis_away_the_pages_still_come(admin_client, at, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    statuses = [admin_client.get(address).status_code for address in (CARDS, at())]

    assert statuses == [200, 200]
