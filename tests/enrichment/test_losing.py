"""Answers that get lost are paid for and asked again: the estimate counts some, the run stops."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from enrichment import services
from enrichment.losing import asked_again, loss_rates
from enrichment.models import Run
from integrations.models import Account, Budget, SpendDay
from tests.enrichment.conftest import approved, contact, keep_closed, numbers, worked

LINE = "twilio.line_type"


def lost(unknown, asked=100, lookup=LINE, **more):
    SpendDay.objects.create(
        day=datetime.now(UTC).date(), account_id=1, lookup=lookup, is_sandbox=True, asked=asked,
        errors=unknown, unknown=unknown, **more,
    )  # fmt: skip


def test_rate_is_of_all_runs_and_of_what_lost_workers_left(db):
    lost(1, run_id=1)
    lost(2, run_id=2)
    lost(1, asked=1, lookup="twilio.line_type+caller_name")
    lost(9, asked=9, lookup="hunter.find_email")

    rates = loss_rates([LINE, "twilio.caller_name", "hunter.find_email"], is_sandbox=True)

    assert rates == {LINE: 4 / 201}
    assert loss_rates([LINE], is_sandbox=False) == {}


@pytest.mark.parametrize(
    ("questions", "rate", "again"),
    [(50, 0.0, 0), (100, 0.0, 1), (1000, 0.0, 10), (1000, 0.05, 100), (10, 0.9, 10)],
)
def test_a_hundredth_may_be_asked_again_or_twice_what_was_lost(questions, rate, again):
    assert asked_again(questions, rate) == again


def test_maximum_says_what_is_for_lost_answers(runtime, line_type_recipe):
    for number in numbers(200):
        contact(number)
    lost(5)

    found = services.create_run(line_type_recipe, {}).estimate or {}

    assert (found["max_usd"], found["again_usd"]) == ("1.760", "0.160")
    assert Decimal(found["expected_usd"]) == Decimal("1.6842")  # 200, and 5 in 95 more


def test_dear_answers_are_not_asked_again_and_not_counted(runtime, line_type_recipe):
    Account.objects.update(hold_unknown_above_usd=Decimal("0.001"))
    for number in numbers(200):
        contact(number)

    found = services.create_run(line_type_recipe, {}).estimate or {}

    assert (Decimal(found["max_usd"]), Decimal(found["again_usd"])) == (Decimal("1.6"), 0)


def test_run_without_a_cap_stops_at_the_maximum_of_its_estimate(runtime, sandbox, line_type_recipe):
    keep_closed(runtime)
    sandbox.set(rate_dropped=0.1, latency_ms=20, jitter_ms=40)
    for number in numbers(100):
        contact(number)

    run = worked(runtime, approved(line_type_recipe))

    most = Decimal(run.estimate["max_usd"])
    assert (run.state, run.blocked_by) == (Run.State.BLOCKED, f"cap:run:{run.pk}")
    assert most == Decimal("0.808") == Budget.objects.get(key=run.budget_key).cap_usd
    assert run.spent_usd <= most
    services.set_cap(run, Decimal(2))
    assert run.state == Run.State.WORKING


def test_cap_per_contact_is_not_passed_by_asking_again(runtime, sandbox, line_type_recipe):
    sandbox.set(rate_dropped=1.0)
    line_type_recipe.cap_per_contact_usd = Decimal("0.015")  # bears one call, not two
    line_type_recipe.save()
    contact()

    run = worked(runtime, approved(line_type_recipe, cap_usd=Decimal(1)))

    assert sandbox.count()["calls"] == 1
    assert run.spent_usd == Decimal("0.008") == run.items.get().cost_usd
