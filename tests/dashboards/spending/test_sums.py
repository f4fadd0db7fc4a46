"""Whichever way spend is grouped, it adds up to the ledger, to the millionth of a dollar."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum

from dashboards.spending import sums
from dashboards.spending.asked import GROUPINGS, read
from integrations import ledger
from integrations.models import ApiCall, SpendDay
from tests.dashboards.spending.ledgers import PRICE, ask, lose, settled

pytestmark = pytest.mark.django_db
HIT, MISS = ("line_type", "hit", PRICE), ("line_type", "miss", Decimal(0))
NAME = ("caller_name", "hit", Decimal("0.012345"))


def grouped(by, **params):
    found = sums.sums(read({"by": by, **params}), is_sandbox=True)
    return {row.key: row for row in found}


def spent(by, **params):
    return {key: row.spent_usd for key, row in grouped(by, **params).items()}


@pytest.fixture
def spending(runs):
    """Hits, misses, an error, a call of two lookups, one outside of runs, another provider."""
    first, second, third = (run.pk for run in runs)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    ask(first, HIT, contact_id=1)
    ask(first, MISS)
    ask(first, HIT, NAME)
    ask(second, HIT, at=yesterday)
    ask(third, ("find_email", "hit", Decimal("0.049")), of="hunter")
    ask(third, ("line_type", "error", PRICE), outcome="unknown")
    ask(None, HIT)
    lose(second, lookups=("line_type", "caller_name"))
    return runs


@pytest.mark.parametrize("by", GROUPINGS)
def test_every_grouping_adds_up_to_the_ledger(spending, by):
    whole = sums.total(sums.sums(read({"by": by}), is_sandbox=True))

    rows = ApiCall.objects.all()
    unknown = rows.filter(outcome="unknown")
    assert whole.spent_usd == rows.aggregate(usd=Sum("price_usd"))["usd"] == Decimal("0.117345")
    assert whole.unknown_usd == unknown.aggregate(usd=Sum("price_usd"))["usd"] == PRICE * 3
    assert (whole.asked, whole.hits, whole.misses, whole.errors) == (9, 6, 1, 2)
    assert (whole.unknown, whole.known_usd) == (2, Decimal("0.093345"))


def test_money_is_where_it_belongs(spending, team):
    first, second, third = (str(run.pk) for run in spending)

    by_run = {first: Decimal("0.028345"), second: PRICE * 3, third: Decimal("0.057"), None: PRICE}
    assert spent("run") == by_run
    assert spent("team") == {str(team.pk): by_run[first], None: Decimal("0.089")}
    assert spent("provider") == {"twilio": Decimal("0.068345"), "hunter": Decimal("0.049")}
    assert spent("lookup")["twilio.line_type+caller_name"] == PRICE * 2
    assert set(spent("recipe").values()) == {Decimal("0.052345"), Decimal("0.057"), PRICE}


def test_money_is_of_the_day_on_which_a_call_began(spending):
    today = datetime.now(UTC).date()

    assert spent("day", period="today") == {str(today): Decimal("0.109345")}
    assert spent("day")[str(today - timedelta(days=1))] == PRICE


@pytest.mark.parametrize("by", GROUPINGS)
def test_filters_and_groupings_go_together(spending, by):
    run = str(spending[0].pk)

    assert sum(spent(by, run=run).values()) == Decimal("0.028345")
    assert sum(spent(by, run="none").values()) == PRICE
    assert sum(spent(by, provider="hunter").values()) == Decimal("0.049")


def test_what_is_known_after_all_is_taken_back_from_the_unknown(runs):
    mine = lose(runs[0].pk, lookups=("line_type", "caller_name"))

    ledger.settle([settled(mine, HIT, ("caller_name", "miss", Decimal(0)))])

    whole = sums.total(grouped("lookup").values())
    assert (whole.spent_usd, whole.unknown_usd, whole.unknown) == (PRICE, 0, 0)
    assert (whole.asked, whole.hits, whole.misses, whole.errors) == (2, 1, 1, 0)
    assert ApiCall.objects.get().price_usd == PRICE


def test_the_real_providers_money_is_not_the_sandboxs(spending):
    SpendDay.objects.filter(lookup="hunter.find_email").update(is_sandbox=False)

    assert spent("provider") == {"twilio": Decimal("0.068345")}


def test_a_question_asked_and_paid_again_was_perhaps_paid_twice(runs):
    lose(runs[0].pk, contact_id=5)
    lose(runs[0].pk, contact_id=6)
    ask(runs[0].pk, HIT, contact_id=5)
    ask(runs[0].pk, MISS, contact_id=6)

    asked = read({})
    assert sums.paid_twice(asked, is_sandbox=True) == (1, PRICE)
    assert sums.paid_twice(read({"run": str(runs[1].pk)}), is_sandbox=True) == (0, 0)
    assert sums.paid_twice(read({"provider": "twilio"}), is_sandbox=True) == (1, PRICE)
