"""What a run will ask and cost, told before it is approved."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from enrichment import services
from enrichment.estimate import estimate
from enrichment.models import Recipe, Run
from enrichment.recipes import ensure_recipes
from integrations.models import Account, LookupDay
from integrations.services import ensure_accounts
from tests.enrichment.conftest import approved, contact, numbers, switch


@pytest.fixture
def recipe(transactional_db, settings):
    settings.SANDBOX = True
    ensure_accounts()
    ensure_recipes()
    return Recipe.objects.get(slug="phone")


def of(recipe, **options):
    return estimate(Run(recipe=recipe, **options))


def by_lookup(found):
    return {row.lookup.partition(".")[2]: row for row in found.lookups}


def test_every_different_valid_number_is_a_question(recipe):
    for number in [*numbers(3), numbers(1)[0]]:
        contact(number)
    contact("+12025550", phone_is_valid=False)

    found = of(recipe)

    assert (found.contacts, found.numbers, found.duplicates, found.invalid) == (5, 3, 1, 1)
    assert found.calls == 3
    assert by_lookup(found)["line_type"].questions == 3
    assert found.expected_usd == found.max_usd == 3 * Decimal("0.043")


def test_only_what_is_switched_on_is_counted(recipe):
    contact()
    switch("caller_name", is_on=False)
    switch("line_type", price="0.5")

    found = of(recipe)

    assert set(by_lookup(found)) == {"validation", "line_type", "sms_pumping_risk"}
    assert by_lookup(found)["line_type"].max_usd == Decimal("0.5")


def test_what_was_answered_is_free(runtime):
    for number in numbers(4):
        contact(number)
    recipe = Recipe.objects.get(slug="phone")
    first = numbers(1)[0]
    only_first = {"ids": [c.pk for c in services.selection.contacts({}) if c.phone_e164 == first]}
    approved(recipe, only_first)
    runtime.work(300)

    found = of(recipe)

    assert by_lookup(found)["line_type"].fresh == 1
    assert found.calls == 3
    assert found.max_usd == 3 * Decimal("0.043")


def test_a_price_on_hits_only_is_expected_by_the_observed_rate(recipe):
    contact()
    account = Account.objects.get(provider="twilio")
    LookupDay.objects.create(
        account_id=account.pk,
        lookup="twilio.line_type",
        day=datetime.now(UTC).date(),
        is_sandbox=True,
        asked=100,
        hits=25,
    )

    found = of(recipe)

    assert by_lookup(found)["line_type"].hit_rate == 0.25


def test_a_lookup_that_waits_for_another_is_counted_at_the_most(recipe):
    contact()
    switch("real_phone_validation")

    row = by_lookup(of(recipe))["real_phone_validation"]

    assert (row.min_usd, row.max_usd) == (0, Decimal("0.06"))
    assert 0 < row.expected_usd < Decimal("0.06")


def test_modes_narrow_the_selection(recipe):
    contact(numbers(2)[0], line_type="mobile", phone_is_valid=True)
    contact(numbers(2)[1])

    assert of(recipe, mode=Run.Mode.ONLY_FAILED).contacts == 0
    assert of(recipe, mode=Run.Mode.ONLY_EMPTY).contacts == 2


def test_an_account_that_cannot_be_asked_is_said(recipe, settings):
    contact()
    settings.SANDBOX = False

    found = of(recipe)

    assert found.problems == ("Twilio Lookup: Account SID, Auth Token not set",)


def test_an_unknown_filter_is_refused(recipe):
    with pytest.raises(services.selection.SelectionRefused, match="colour"):
        services.create_run(recipe, {"colour": "red"})
