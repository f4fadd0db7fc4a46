"""Waterfalls worked by the real engine: ways around a provider, waiting, caps."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from contacts.models import Company, Contact
from enrichment import keeping, recipes, sweeping
from enrichment.models import Recipe, Run, RunItem
from enrichment.troubles import obstacle
from integrations.models import Account, ApiCall
from integrations.registry import lookup
from tests.enrichment.conftest import approved, contact, numbers, worked
from tests.enrichment.test_companies import recipe_of

FIRM, LINE = "hunter.domain_search", "twilio.line_type"


def at_firm(number="+14155550100", **fields):
    firm, _ = Company.objects.get_or_create(domain="alderplumbing.test")
    return contact(number, company=firm, **fields)


def opened(runtime, slug):
    runtime.gate.board.open_by_hand(f"{slug}:sandbox", "for a test", "ann")


def closed_again(runtime, slug):
    runtime.gate.board.reset(f"{slug}:sandbox")
    RunItem.objects.filter(state="waiting").update(due_at=datetime.now(UTC))


@pytest.fixture
def either(runtime):
    """A recipe that asks Hunter for the line type (it knows none), then Twilio."""
    return recipe_of("either", ("line_type", FIRM, LINE))


def test_an_open_circuit_is_passed_over(runtime, sandbox, either):
    one = at_firm()
    opened(runtime, "hunter")

    run = worked(runtime, approved(either))

    one.refresh_from_db()
    trace = run.items.get().trace
    assert (run.state, run.done_count, bool(one.line_type)) == (Run.State.DONE, 1, True)
    assert trace[FIRM] == {"o": "skipped", "why": "CircuitOpen: Hunter: circuit open"}
    assert sandbox.count()["calls"] == 1


def test_a_used_up_quota_is_passed_over(runtime, sandbox, either):
    Account.objects.filter(provider="hunter").update(state=Account.State.EXHAUSTED)
    at_firm()

    run = worked(runtime, approved(either))

    assert (run.state, run.done_count) == (Run.State.DONE, 1)
    assert run.items.get().trace[FIRM]["why"].startswith("QuotaExhausted: Hunter")


def test_who_has_nobody_else_waits_parked_and_untried(runtime, sandbox):
    recipe = recipe_of("both", ("company.industry", FIRM), ("line_type", LINE))
    for number in numbers(30):
        at_firm(number)
    opened(runtime, "hunter")

    run = worked(runtime, approved(recipe))

    assert (run.state, run.not_before, run.done_count) == (Run.State.WORKING, None, 0)
    parked = run.items.filter(state="waiting", parked_by="hunter", tries=0)
    assert (parked.count(), Contact.objects.exclude(line_type="").count()) == (30, 30)
    assert not ApiCall.objects.filter(provider="hunter").exists()
    closed_again(runtime, "hunter")
    assert worked(runtime, run).done_count == 30
    assert sandbox.count()["calls"] == 31


def test_others_go_on_while_some_wait(runtime, sandbox):
    recipe = recipe_of("both", ("company.industry", FIRM), ("line_type", LINE))
    at_firm()
    free = contact("+14155550101")
    opened(runtime, "hunter")

    run = worked(runtime, approved(recipe))

    free.refresh_from_db()
    assert (run.done_count, free.status) == (1, Contact.Status.COMPLETED)


def test_a_few_go_first_when_the_circuit_is_due(runtime, sandbox):
    recipe = recipe_of("both", ("company.industry", FIRM), ("line_type", LINE))
    for number in numbers(20):
        firm = Company.objects.create(domain=f"x{number[1:]}.test")
        contact(number, company=firm)
    run = approved(recipe)
    circuit = runtime.gate.board.circuit("hunter:sandbox")
    sandbox.set(rate_5xx=1.0)
    run.items.update(parked_by="hunter")
    runtime.gate.board.apply(circuit, lambda r, now: r.failed(now - 100, 1, 60.0, "dead"))

    runtime.work(1)

    asked = ApiCall.objects.filter(provider="hunter").count()
    assert asked <= 3
    assert RunItem.objects.filter(parked_by="hunter").count() >= 17


def test_a_missing_key_blocks_only_where_nobody_else_could_be_asked(runtime, sandbox, either):
    Account.objects.filter(provider="hunter").update(state=Account.State.REJECTED)
    at_firm()
    recipe = recipe_of("both", ("company.industry", FIRM), ("line_type", LINE))

    around, stuck = worked(runtime, approved(either)), worked(runtime, approved(recipe))

    assert around.state == Run.State.DONE
    assert (stuck.state, stuck.blocked_by) == (Run.State.BLOCKED, "provider:hunter")
    Account.objects.filter(provider="hunter").update(state=Account.State.OK)
    sweeping.sweep()
    assert worked(runtime, stuck).done_count == 1


def test_a_provider_switched_off_under_way_is_skipped(runtime, sandbox, either):
    at_firm()
    run = approved(either)
    Account.objects.filter(provider="hunter").update(is_enabled=False)

    worked(runtime, run)

    assert run.items.get().trace[FIRM] == {"o": "skipped", "why": "switched off in the account"}


def test_a_cap_per_contact_is_never_passed(runtime, sandbox):
    recipe = recipe_of("dear", ("line_type", LINE), ("caller_name", "twilio.caller_name"))
    Recipe.objects.filter(pk=recipe.pk).update(cap_per_contact_usd=Decimal("0.015"))
    recipe.refresh_from_db()
    contact()

    run = worked(runtime, approved(recipe))

    why = run.items.get().trace["twilio.caller_name"]["why"]
    assert run.spent_usd == Decimal("0.008")
    assert why == "would pass the cap of $0.015 per contact"


def test_starting_recipes_name_only_lookups_that_exist(runtime):
    made = {recipe.slug: recipes.snapshot(recipe) for recipe in Recipe.objects.all()}

    assert {"phone", "company", "email", "full"} <= made.keys()
    for kept in made.values():
        for _, _, slugs in kept["wanted"]:
            assert slugs and all(lookup(slug) for slug in slugs)


def test_a_recipe_keeps_its_conditions_when_a_person_saves_it(runtime):
    recipe = recipe_of("own", ("line_type", LINE))
    recipe.fields.get().steps.update(condition="us")
    recipe.fields.update(fresh_days=30)

    keeping.save(recipe, keeping.draft_of(recipe), seen=keeping.version(recipe))
    copied = keeping.copy(recipe)

    for one in (recipe, copied):
        kept = recipes.snapshot(one)
        assert kept["conditions"] == {"line_type": {LINE: "us"}}
        assert kept["field_fresh_days"] == {"line_type": 30}


def test_who_waits_for_a_provider_that_is_switched_off_goes_on(runtime, sandbox):
    recipe = recipe_of("both", ("company.industry", FIRM), ("line_type", LINE))
    at_firm()
    opened(runtime, "hunter")
    run = worked(runtime, approved(recipe))
    Account.objects.filter(provider="hunter").update(is_enabled=False)

    said = obstacle(run)
    closed_again(runtime, "hunter")
    worked(runtime, run)

    assert said and said.why == "1 contact waits for Hunter."
    assert (run.state, run.done_count) == (Run.State.DONE, 1)
