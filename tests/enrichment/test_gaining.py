"""Lookups that came after a recipe was saved are offered to it, never added by themselves."""

import pytest

from enrichment import keeping
from enrichment.gaining import newer, with_newer
from enrichment.models import Recipe
from enrichment.recipes import EMAIL, ensure_recipes, set_waterfall
from integrations.services import ensure_accounts
from tests.enrichment.admin.recipe_forms import form, kept, page_of

pytestmark = pytest.mark.django_db

LATER = ["apollo.match_person", "peopledatalabs.enrich_person", "zerobounce.validate"]


@pytest.fixture
def recipe(settings):
    """The e-mail recipe as it was made before some of its providers were known."""
    settings.SANDBOX = True
    ensure_accounts()
    ensure_recipes()
    row = Recipe.objects.get(slug=EMAIL.slug)
    for field in row.fields.all():
        steps = [s.lookup for s in field.steps.all() if s.lookup not in LATER]
        set_waterfall(field, steps)
    Recipe.objects.update(known_lookups=[])
    return Recipe.objects.get(pk=row.pk)


def test_new_recipe_is_offered_nothing(settings):
    settings.SANDBOX = True
    ensure_accounts()
    ensure_recipes()

    assert [newer(row, keeping.draft_of(row)) for row in Recipe.objects.all()] == [[]] * 5


def test_newer_lookups_are_offered_where_a_recipe_of_today_has_them(recipe):
    draft = keeping.draft_of(recipe)

    gained = with_newer(recipe, draft)

    assert newer(recipe, draft) == LATER
    assert {wish.field: wish.steps for wish in gained.wishes} == {
        field: tuple(steps) for field, _, steps in EMAIL.buildable()
    }


def test_nothing_is_added_until_it_is_saved(recipe, admin_client):
    before = kept(recipe)
    page = admin_client.get(page_of(recipe)).content.decode()
    wishes = [(field, str(sufficient), steps) for field, sufficient, steps in before]

    html = admin_client.post(
        page_of(recipe), form(*wishes, recipe=recipe, do="gain")
    ).content.decode()

    assert "New lookups are known" in page
    assert "Nothing is saved until you save." in html and 'value="zerobounce.validate"' in html
    assert kept(recipe) == before


def test_saved_without_them_they_are_offered_no_more(recipe, admin_client):
    wishes = [(field, str(sufficient), steps) for field, sufficient, steps in kept(recipe)]

    admin_client.post(page_of(recipe), form(*wishes, recipe=recipe))

    recipe.refresh_from_db()
    assert newer(recipe, keeping.draft_of(recipe)) == []
    assert "New lookups are known" not in admin_client.get(page_of(recipe)).content.decode()


def test_recipe_of_a_person_is_offered_nothing(recipe):
    copied = keeping.copy(recipe)
    Recipe.objects.update(known_lookups=[])

    assert newer(Recipe.objects.get(pk=copied.pk), keeping.draft_of(copied)) == []
