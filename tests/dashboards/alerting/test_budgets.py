"""Alerts of budgets: told once at 80 and at 100 %, over once with the period; who, what, where."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.contrib.auth.models import User

from dashboards.alerting import watching
from dashboards.models import Alert, AlertChannel, AlertRule, Notice
from enrichment.models import Run, Team
from integrations.models import Account, Budget, SpendDay

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 30, 23, 50, tzinfo=UTC)
DAY, MONTH = "2026-11-30", "2026-11"


@pytest.fixture
def clock():
    with time_machine.travel(NIGHT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def account(rule, clock):
    rule("budget_near")
    AlertRule.objects.filter(kind="budget_used").update(is_enabled=True)
    AlertChannel.objects.create(kind="slack", is_enabled=True)
    return Account.objects.create(
        provider="twilio", daily_cap_usd=Decimal(10), monthly_cap_usd=Decimal(100)
    )


def spend(account, period, spent, promised=0):
    Budget.objects.update_or_create(
        key=f"account:{account.pk}:{period}",
        defaults={"spent_usd": Decimal(str(spent)), "reserved_usd": Decimal(str(promised))},
    )


def told():
    """What was said so far: (event, kind), in order."""
    return list(Notice.objects.order_by("id").values_list("event", "alert__kind"))


def test_a_day_is_told_at_80_and_at_100_and_is_over_at_midnight(account, clock):
    for spent in (7.99, 8, 9, 10, 10):
        spend(account, DAY, spent)
        watching.look()
    assert told() == [("raised", "budget_near"), ("raised", "budget_used")]

    clock.move_to(datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC))
    watching.look()
    watching.look()

    assert sorted(told()[2:]) == [("cleared", "budget_near"), ("cleared", "budget_used")]
    assert not Alert.objects.standing().exists()


def test_what_is_promised_and_comes_back_tells_nobody_twice(account):
    for promised in (8, 2, 8, 0, 9.5, 1):
        spend(account, DAY, 0.5, promised)
        watching.look()

    assert told() == [("raised", "budget_near"), ("raised", "budget_used")]


def test_a_month_lasts_over_midnight_and_ends_with_itself(account, clock):
    clock.move_to(datetime(2026, 11, 29, 23, 59, 59, tzinfo=UTC))
    spend(account, MONTH, 85)
    watching.look()
    clock.move_to(NIGHT)
    watching.look()
    assert told() == [("raised", "budget_near")]

    clock.move_to(datetime(2026, 12, 1, 0, 0, 0, tzinfo=UTC))
    watching.look()
    assert told()[1:] == [("cleared", "budget_near")]

    spend(account, "2026-12", 85)
    watching.look()
    assert told()[2:] == [("raised", "budget_near")]


def test_another_cap_is_another_budget(account):
    spend(account, DAY, 8)
    watching.look()

    Account.objects.update(daily_cap_usd=Decimal(20))
    watching.look()
    assert told() == [("raised", "budget_near"), ("cleared", "budget_near")]

    spend(account, DAY, 16)
    watching.look()
    assert told()[2:] == [("raised", "budget_near")]


def test_a_runs_cap_says_whose_it_is_and_leads_to_it(account, run, settings, admin_client):
    settings.SITE_URL = "https://office.test"
    ann, sales = User.objects.create_user("ann"), Team.objects.create(name="Sales")
    mine = run(1, cap_usd=Decimal(4), spent_usd=Decimal("3.2"), created_by=ann, team=sales)

    watching.look()
    watching.look()
    shown = admin_client.get("/admin/alerts/").context["standing"]
    Run.objects.filter(pk=mine.pk).update(state="done")
    watching.look()

    page = f"/admin/enrichment/run/{mine.pk}/change/"
    said = Notice.objects.get(event="raised").text
    assert said.startswith("Autumn (ann, Sales): $3.20 of $4.00 are spent or promised (80 %).")
    assert said.endswith(f"\nhttps://office.test{page}")
    assert [row["link"] for row in shown] == [page]
    assert told() == [("raised", "budget_near"), ("cleared", "budget_near")]


def test_an_accounts_budget_says_who_spent_most(account, run):
    ann = User.objects.create_user("ann")
    runs = [run(1, name=name, created_by=ann) for name in ("Autumn", "Winter")]
    for one, usd in zip(runs, (1, 7), strict=True):
        SpendDay.objects.create(
            day=NIGHT.date(), account_id=account.pk, is_sandbox=True, lookup="twilio.line_type",
            run_id=one.pk, spent_usd=usd,
        )  # fmt: skip
    spend(account, DAY, 8)

    watching.look()

    said = Alert.objects.get().message
    assert said.startswith(
        "Twilio Lookup, 30 November 2026: $8.00 of $10.00 are spent or promised (80 %)."
        " Most by Winter (ann): $7.00."
    )
