"""What providers tell of their limits, in runs: obeyed, passed over, counted into the time left."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
import redis.asyncio
from django.conf import settings

from contacts.models import Company
from enrichment import progress, sweeping
from enrichment.estimate import estimate
from enrichment.models import Run, RunItem
from integrations import telling
from integrations.limits.memo import Memo, Noted
from integrations.models import Account, ApiCall
from integrations.provider import DAY, Told
from integrations.services import set_secrets, stop_account
from tests.enrichment.conftest import approved, contact, numbers, worked
from tests.enrichment.test_companies import recipe_of

PDL, HUNTER, LINE = "peopledatalabs.enrich_company", "hunter.domain_search", "twilio.line_type"


@pytest.fixture
def tight(runtime, settings):
    """People Data Labs lets us ask five times a minute; one contact is worked after another."""
    settings.IN_FLIGHT = 1
    set_secrets(Account.objects.get(provider="peopledatalabs"), {"api_key": "tight"})
    seconds = datetime.now(UTC).second
    if seconds > 30:  # the sandbox's minute must not end under way
        time.sleep(61 - seconds)


@pytest.fixture
def tell(runtime):
    """Note what a provider told, as another worker would have."""

    async def write(key, told):
        client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
        await Memo(client).replace(key, [Noted(one, time.time()) for one in told])
        await client.aclose()

    def run(provider, *told):
        account = Account.objects.get(provider=provider)
        runtime.run(write(f"{account.pk}:sandbox", told))

    return run


def at_firms(count):
    for number in numbers(count):
        firm = Company.objects.create(domain=f"x{number[1:]}.test")
        contact(number, company=firm)


def asked(provider):
    return ApiCall.objects.filter(provider=provider).count()


def test_who_has_told_that_nothing_is_left_is_passed_over(runtime, sandbox, tight):
    recipe = recipe_of("either", ("company.name", PDL, HUNTER))
    at_firms(12)

    run = worked(runtime, approved(recipe))

    passed_over = [
        item.trace[PDL]["why"]
        for item in run.items.filter(state="done")
        if item.trace[PDL]["o"] == "skipped"
    ]
    told = "RateReached: People Data Labs: it told us that no requests a minute are left until "
    assert (asked("peopledatalabs"), len(passed_over) > 0) == (5, True)
    assert {one[: len(told)] for one in passed_over} == {told}
    parked = run.items.filter(state="waiting", parked_by="peopledatalabs", tries=0).count()
    assert run.done_count + parked == 12  # they wait of whom Hunter knows nothing either


def test_who_has_nobody_else_waits_for_the_reset_untried(runtime, sandbox, tight):
    recipe = recipe_of("one", ("company.name", PDL))
    at_firms(12)

    run = worked(runtime, approved(recipe))

    assert (run.state, run.done_count, asked("peopledatalabs")) == (Run.State.WORKING, 5, 5)
    wait = run.not_before - datetime.now(UTC)
    assert timedelta() < wait <= timedelta(seconds=60)
    assert not RunItem.objects.filter(state="waiting", tries__gt=0).exists()


def test_a_renewed_plan_wakes_the_run(runtime, sandbox):
    recipe = recipe_of("one", ("company.name", PDL))
    at_firms(2)
    account = Account.objects.get(provider="peopledatalabs")
    stop_account(account.pk, account.version, Account.State.EXHAUSTED, "used up")
    run = worked(runtime, approved(recipe))
    assert run.state == Run.State.BLOCKED

    Account.objects.update(state_until=datetime.now(UTC))
    sweeping.sweep()

    assert worked(runtime, run).state == Run.State.DONE


def test_the_estimate_counts_what_is_left(runtime, sandbox, tell):
    recipe = recipe_of("one", ("company.name", PDL))
    at_firms(40)
    assert estimate(Run(recipe=recipe)).seconds < 60
    midnight = datetime.now(UTC) + timedelta(hours=5)

    tell("peopledatalabs", Told("requests a day", 10, 15, DAY, midnight))

    assert estimate(Run(recipe=recipe)).seconds == pytest.approx(5 * 3600 + 86_400, abs=60)


def test_the_estimate_says_what_credits_lack(runtime, sandbox, tell):
    recipe = recipe_of("one", ("company.name", PDL))
    at_firms(4)

    tell("peopledatalabs", Told("credits", 3))

    assert estimate(Run(recipe=recipe)).problems == (
        "People Data Labs: it told us of 3 credits left; about 4 questions will be asked",
    )


def test_the_time_left_is_not_less_than_the_provider_lets(runtime, sandbox, tell):
    soon = datetime.now(UTC) + timedelta(hours=2)
    run = Run(
        state=Run.State.WORKING, total_count=100, done_count=50, is_sandbox=True,
        started_at=datetime.now(UTC) - timedelta(seconds=50),
        estimate={"lookups": [{"lookup": PDL, "expected": 100.0}]},
    )  # fmt: skip
    assert progress.pace(run, progress.look(run, [])).left_s == pytest.approx(50, abs=2)

    tell("peopledatalabs", Told("requests a day", 10, 1000, DAY, soon))

    assert progress.pace(run, progress.look(run, [])).left_s == pytest.approx(7200, abs=5)


def test_what_other_lookups_have_left_concerns_nobody_else(runtime, sandbox, tell):
    recipe = recipe_of("one", ("line_type", LINE))
    contact()

    tell("twilio", Told("a", limit=1, per=DAY, lookups=frozenset({"sim_swap"})))

    assert estimate(Run(recipe=recipe)).seconds < 60
    assert telling.told([Account.objects.get(provider="twilio").pk], in_sandbox=True)
