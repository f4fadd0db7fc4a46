"""Lookups of our own in a run: they cost nothing, send nothing, and are not asked in vain."""

from __future__ import annotations

from enrichment.models import Answer, Recipe, RecipeField, RecipeStep, Run
from integrations.models import ApiCall, Budget, Reservation
from tests.enrichment.conftest import approved, contact, worked


def names_recipe():
    recipe = Recipe.objects.create(slug="names", name="Names")
    for field in ("first_name", "last_name"):
        wanted = RecipeField.objects.create(recipe=recipe, field=field)
        RecipeStep.objects.create(wanted=wanted, lookup="switchboard.split_name")
    return recipe


def test_a_name_is_split_for_nothing_and_without_a_call(runtime, sandbox):
    one = contact(full_name="Dr. Ann van der Berg")

    run = worked(runtime, approved(names_recipe()))

    one.refresh_from_db()
    assert (run.state, run.done_count, run.spent_usd) == (Run.State.DONE, 1, 0)
    assert (one.first_name, one.last_name) == ("Ann", "van der Berg")
    assert one.provenance["last_name"]["by"] == "switchboard.split_name"
    assert Answer.objects.get().price_usd == 0
    assert sandbox.count()["calls"] == 0
    assert [model.objects.count() for model in (ApiCall, Reservation)] == [0, 0]
    assert sum(budget.spent_usd for budget in Budget.objects.all()) == 0


def test_a_name_in_one_word_is_refused_by_the_name_of_the_field(runtime, sandbox):
    contact(full_name="Madonna")

    run = worked(runtime, approved(names_recipe()))

    trace = run.items.get().trace["switchboard.split_name"]
    assert (trace["o"], run.spent_usd) == ("error", 0)
    assert "full_name is one word" in trace["why"]
    assert Answer.objects.count() == Reservation.objects.count() == 0
