"""Recipes are copied, reset, deleted, archived, and shown to who may see them."""

import pytest
from django.contrib.admin.models import LogEntry

from contacts.models import Contact
from enrichment import keeping, services
from enrichment.models import Recipe, Run
from enrichment.recipes import ensure_recipes
from tests.enrichment.admin.recipe_forms import ADD, ARRANGE, LINE, form, kept, page_of

pytestmark = pytest.mark.django_db


def test_copy_is_a_recipe_of_its_own(admin_client, recipe):
    response = admin_client.post(page_of(recipe, "copy"))

    new = Recipe.objects.exclude(pk=recipe.pk).get()
    assert response["Location"] == page_of(new)
    assert (new.name, new.slug) == ("Copy of Line type", "copy-of-line-type")
    assert kept(new) == kept(recipe)


def test_two_copies_have_different_slugs(recipe):
    assert [keeping.copy(recipe).slug for _ in range(2)] == [
        "copy-of-line-type", "copy-of-line-type-2",
    ]  # fmt: skip


def test_built_in_recipe_is_reset_and_stays(admin_client, recipe):
    ensure_recipes()
    phone = Recipe.objects.get(slug="phone")
    before = kept(phone)
    admin_client.post(page_of(phone), form(LINE, recipe=phone, fresh_days="9"))

    admin_client.post(page_of(phone, "reset"))
    admin_client.post(page_of(phone, "delete"))

    assert kept(phone) == before
    assert Recipe.objects.get(slug="phone").fresh_days is None


def test_recipe_of_a_person_has_nothing_to_go_back_to(admin_client, recipe):
    admin_client.post(page_of(recipe, "reset"))

    html = admin_client.get(page_of(recipe)).content.decode()
    assert "there is nothing to go back to" in html
    assert kept(recipe) == [["line_type", 0.5, ["twilio.line_type"]]]


def test_unused_recipe_is_deleted_and_a_used_one_kept(admin_client, recipe):
    used = keeping.copy(recipe)
    services.create_run(used, {})

    responses = [admin_client.post(page_of(one, "delete")) for one in (recipe, used)]

    assert list(Recipe.objects.all()) == [used]
    assert "Runs have used it" in admin_client.get(responses[1]["Location"]).content.decode()
    assert LogEntry.objects.filter(action_flag=3).count() == 1


def test_archived_recipe_is_offered_no_more_until_it_is_brought_back(admin_client, recipe):
    Contact.objects.create(phone_raw="x", phone_e164="+14155550100")
    seen = []

    for to in ("", "shelf"):
        admin_client.post(page_of(recipe, "archive"), {"to": to})
        html = admin_client.get("/admin/enrichment/run/add/").content.decode()
        seen.append(f'value="{recipe.pk}"' in html)

    assert seen == [False, True]


@pytest.mark.parametrize(
    ("permission", "may"),
    [
        ("view_recipe", {"GET change"}),
        ("add_recipe", {"GET add", "POST add", "copy", "arrange"}),
        ("change_recipe", {"GET change", "POST change", "arrange", "reset", "archive"}),
        ("delete_recipe", {"delete"}),
    ],
)
def test_each_page_and_step_asks_for_its_permission(recipe, person, client, permission, may):
    person(permission)
    pages = {"GET add": client.get(ADD), "POST add": client.post(ADD, form()),
             "arrange": client.post(ARRANGE, form()),
             "GET change": client.get(page_of(recipe)),
             "POST change": client.post(page_of(recipe), form())}  # fmt: skip
    pages |= {
        step: client.post(page_of(recipe, step)) for step in ("copy", "reset", "archive", "delete")
    }

    assert {name for name, got in pages.items() if got.status_code != 403} == may


def test_viewer_sees_a_recipe_without_fields_to_type_in(recipe, person, client):
    person("view_recipe")

    html = client.get(page_of(recipe)).content.decode()

    assert "Line type" in html and 'name="do" value="up:' not in html
    assert 'id="description"' not in html


def test_huge_form_is_read_to_a_bound(admin_client, recipe):
    steps = [f"gone.{n}" for n in range(500)]

    context = admin_client.post(ARRANGE, form(("line_type", "9" * 900, steps), do="x")).context

    (row,) = context["rows"]
    assert (len(row.steps), len(row.wish.sufficient)) == (50, 20)
    assert Run.objects.count() == 0
