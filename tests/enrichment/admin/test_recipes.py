"""A recipe is composed, checked and kept; nobody's work is overwritten."""

from decimal import Decimal

import pytest

from contacts.models import Contact
from enrichment import services
from enrichment.models import Recipe
from enrichment.recipes import STARTING, ensure_recipes
from tests.enrichment.admin.recipe_forms import ADD, ARRANGE, LINE, STATUS, form, kept, page_of
from tests.enrichment.conftest import switch

pytestmark = pytest.mark.django_db


def test_new_recipe_is_kept_in_its_order(admin_client, recipe):
    response = admin_client.post(ADD, form(STATUS, LINE, fresh_days="30", cap_usd="12.50"))

    new = Recipe.objects.get(slug="mine")
    assert response["Location"] == page_of(new)
    assert (new.fresh_days, new.cap_usd) == (30, Decimal("12.5"))
    assert kept(new) == [
        ["line_status", 0.9, ["twilio.line_status"]],
        ["line_type", 0.5, ["twilio.line_type"]],
    ]


@pytest.mark.parametrize("slug", [one.slug for one in STARTING])
def test_built_in_recipe_can_be_saved_as_it_is(admin_client, recipe, slug):
    ensure_recipes()
    built_in = Recipe.objects.get(slug=slug)
    before = kept(built_in)
    wishes = [(field, str(enough), steps) for field, enough, steps in before]

    typed = form(*wishes, recipe=built_in, name=built_in.name)
    response = admin_client.post(page_of(built_in), typed)

    assert response.status_code == 302
    assert kept(built_in) == before


@pytest.mark.parametrize(
    ("wishes", "changes", "said"),
    [
        ([LINE], {"name": " "}, "Give it a name."),
        ([], {}, "Choose at least one field that is wanted."),
        ([("line_type", "0.5", [])], {}, "Add at least one lookup that supplies it."),
        ([("line_type", "2", ["twilio.line_type"])], {}, "lies between 0 and 1"),
        ([("line_type", "NaN", ["twilio.line_type"])], {}, "lies between 0 and 1"),
        ([LINE], {"fresh_days": "0"}, "Whole days, 1 to 3,650"),
        ([LINE], {"fresh_days": "²"}, "Whole days, 1 to 3,650"),
        ([LINE], {"cap_usd": "-1"}, "An amount of dollars"),
        ([LINE], {"cap_usd": "1e400"}, "An amount of dollars"),
        ([LINE], {"cap_usd": "0.0000001"}, "An amount of dollars"),
        ([("line_type", "0.5", ["twilio.sim_swap"])], {}, "does not supply this field; Line type"),
        ([("line_type", "0.5", ["gone.x"])], {}, "no lookup is called"),
        ([("rpv_status", "0.5", ["twilio.real_phone_validation"])], {},
         "It needs phone is valid, which no lookup of this recipe supplies"),
    ],
)  # fmt: skip
def test_mistakes_are_said_beside_the_field_and_nothing_is_kept(
    admin_client, recipe, wishes, changes, said
):
    response = admin_client.post(ADD, form(*wishes, **changes))

    assert response.status_code == 200
    assert said in response.content.decode().replace("&#x27;", "'")
    assert list(Recipe.objects.all()) == [recipe]


def test_what_was_typed_is_kept(admin_client, recipe):
    html = admin_client.post(ADD, form(STATUS, name="", description="For sales")).content.decode()

    assert "For sales" in html and 'value="0.9"' in html
    assert 'name="step.line_status" value="twilio.line_status"' in html


def test_lookup_that_is_switched_off_is_said_and_saved(admin_client, recipe):
    switch("line_type", is_on=False)

    html = admin_client.get(page_of(recipe)).content.decode()
    saved = admin_client.post(page_of(recipe), form(LINE, recipe=recipe))

    assert "Switched off in its account: it is not asked." in html
    assert saved.status_code == 302


def test_need_that_only_a_switched_off_lookup_supplies_is_said(admin_client, recipe):
    switch("real_phone_validation")
    switch("validation", is_on=False)
    wishes = [
        ("phone_is_valid", "0.5", ["twilio.validation"]),
        ("rpv_status", "0.5", ["twilio.real_phone_validation"]),
    ]

    html = admin_client.post(ARRANGE, form(*wishes, do="x")).content.decode()

    assert "It needs phone is valid, and what supplies that is switched off." in html


def test_recipe_that_another_has_saved_is_not_overwritten(admin_client, recipe):
    mine = form(LINE, recipe=recipe, name="Mine")
    admin_client.post(page_of(recipe), form(LINE, STATUS, recipe=recipe, name="Theirs"))

    response = admin_client.post(page_of(recipe), mine)
    recipe.refresh_from_db()
    again = admin_client.post(page_of(recipe), form(LINE, recipe=recipe, name="Mine"))

    html = response.content.decode()
    assert (response.status_code, recipe.name) == (200, "Theirs")
    assert "admin has saved this recipe meanwhile" in html
    assert "Name: Theirs became Mine" in html and "line_status was removed" in html
    assert again.status_code == 302 and Recipe.objects.get().name == "Mine"


def test_changed_recipe_leaves_runs_as_they_were(admin_client, recipe):
    Contact.objects.create(phone_raw="x", phone_e164="+14155550100")
    run = services.create_run(recipe, {})

    admin_client.post(page_of(recipe), form(STATUS, recipe=recipe))

    run.refresh_from_db()
    assert run.plan["wanted"] == [["line_type", 0.5, ["twilio.line_type"]]]
    services.estimate_again(run)
    assert run.plan["wanted"] == [["line_status", 0.9, ["twilio.line_status"]]]
