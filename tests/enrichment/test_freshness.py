"""A recipe's own freshness: an answer that is too old for it is asked, and paid, again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrichment import services
from enrichment.estimate import estimate
from enrichment.models import Answer, Recipe, RecipeField, RecipeStep, Run
from tests.enrichment.conftest import approved, contact, worked


@pytest.mark.parametrize(("fresh_days", "asked"), [(None, 0), (10, 0), (3, 1)])
def test_answer_older_than_the_recipe_wants_is_bought_again(
    runtime, line_type_recipe, fresh_days, asked
):
    contact()
    approved(line_type_recipe)
    runtime.work(300)
    Answer.objects.update(observed_at=timezone.now() - timedelta(days=5))
    Recipe.objects.update(fresh_days=fresh_days)
    recipe = Recipe.objects.get(pk=line_type_recipe.pk)

    foreseen = estimate(Run(recipe=recipe)).calls
    run = approved(recipe)
    runtime.work(300)

    lookup = run.lookups.get()
    assert (foreseen, lookup.asked, lookup.reused) == (asked, asked, 1 - asked)


def test_run_under_way_asks_what_was_approved(runtime, line_type_recipe):
    contact()
    run = services.create_run(line_type_recipe, {})
    line_type_recipe.fields.all().delete()

    services.approve(run)
    services.start(run.pk)
    runtime.work(300)

    assert [row.lookup for row in run.lookups.all()] == ["twilio.line_type"]
    assert run.items.get().contact.line_type != ""


def test_miss_is_believed_as_long_as_its_lookup_says(runtime):
    contact("+15005550156")  # a number without a caller name
    recipe = Recipe.objects.create(slug="caller", name="Caller")
    wanted = RecipeField.objects.create(recipe=recipe, field="caller_name")
    RecipeStep.objects.create(wanted=wanted, lookup="twilio.caller_name")

    worked(runtime, approved(recipe))

    answer = Answer.objects.get()
    believed = answer.expires_at - answer.observed_at
    assert (answer.outcome, round(believed / timedelta(days=1), 2)) == ("miss", 90)
