"""The back office of recipes: composed step by step, checked, kept, copied, reset, put away."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from contacts.models import Contact
from enrichment import keeping, services
from enrichment.models import Recipe, Run
from enrichment.recipes import ensure_recipes, snapshot
from tests.enrichment.conftest import switch

pytestmark = pytest.mark.django_db
ADD = "/admin/enrichment/recipe/add/"
ARRANGE = "/admin/enrichment/recipe/arrange/"


def page_of(recipe, page="change"):
    return reverse(f"admin:enrichment_recipe_{page}", args=[recipe.pk])


def form(*wishes, recipe=None, **changes):
    """What the browser sends: wishes are (field, sufficient, lookups)."""
    posted = {"name": "Mine", "description": "", "fresh_days": "", "cap_usd": "", "do": "save",
              "field": [field for field, *_ in wishes]}  # fmt: skip
    for field, sufficient, steps in wishes:
        posted |= {f"sufficient.{field}": sufficient, f"step.{field}": steps}
    return posted | ({"seen": keeping.version(recipe)} if recipe else {}) | changes


LINE = ("line_type", "0.5", ["twilio.line_type"])
STATUS = ("line_status", "0.9", ["twilio.line_status"])


def kept(recipe):
    return snapshot(Recipe.objects.get(pk=recipe.pk))["wanted"]


def test_new_recipe_is_kept_in_its_order(admin_client, recipe):
    response = admin_client.post(ADD, form(STATUS, LINE, fresh_days="30", cap_usd="12.50"))

    new = Recipe.objects.get(slug="mine")
    assert response["Location"] == page_of(new)
    assert (new.fresh_days, new.cap_usd) == (30, Decimal("12.5"))
    assert kept(new) == [
        ["line_status", 0.9, ["twilio.line_status"]],
        ["line_type", 0.5, ["twilio.line_type"]],
    ]


def test_built_in_recipe_can_be_saved_as_it_is(admin_client, recipe):
    ensure_recipes()
    phone = Recipe.objects.get(slug="phone")
    before = kept(phone)
    wishes = [(field, str(enough), steps) for field, enough, steps in before]

    response = admin_client.post(page_of(phone), form(*wishes, recipe=phone, name=phone.name))

    assert response.status_code == 302
    assert kept(phone) == before


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


def arranged(client, act, *wishes, **changes):
    """The fields with their lookups after a button was pressed."""
    context = client.post(ARRANGE, form(*wishes, do=act, **changes)).context
    return [(row.wish.field, [step.slug for step in row.steps]) for row in context["rows"]]


TWO = ("line_type", "0.5", ["twilio.line_type", "twilio.pre_fill"])


@pytest.mark.parametrize(
    ("act", "changes", "expected"),
    [
        ("up:line_status", {}, ["line_status", "line_type"]),
        ("down:line_status", {}, ["line_type", "line_status"]),
        ("down:line_type", {}, ["line_status", "line_type"]),
        ("unwant:line_type", {}, ["line_status"]),
        ("want", {"new_field": "caller_name"}, ["line_type", "line_status", "caller_name"]),
        ("want", {"new_field": "phone_e164"}, ["line_type", "line_status"]),
        ("want", {"new_field": "line_type"}, ["line_type", "line_status"]),
        ("up:nothing", {}, ["line_type", "line_status"]),
        (":::", {}, ["line_type", "line_status"]),
    ],
)
def test_fields_are_rearranged(admin_client, recipe, act, changes, expected):
    found = arranged(admin_client, act, TWO, STATUS, **changes)

    assert [field for field, _ in found] == expected


@pytest.mark.parametrize(
    ("act", "changes", "steps"),
    [
        ("later:line_type:twilio.line_type", {}, ["twilio.pre_fill", "twilio.line_type"]),
        ("sooner:line_type:twilio.pre_fill", {}, ["twilio.pre_fill", "twilio.line_type"]),
        ("later:line_type:twilio.pre_fill", {}, ["twilio.line_type", "twilio.pre_fill"]),
        ("drop:line_type:twilio.line_type", {}, ["twilio.pre_fill"]),
        ("add:line_type", {"new.line_type": "twilio.sim_swap"},
         ["twilio.line_type", "twilio.pre_fill", "twilio.sim_swap"]),
        ("add:line_type", {"new.line_type": "twilio.pre_fill"},
         ["twilio.line_type", "twilio.pre_fill"]),
        ("add:line_type", {}, ["twilio.line_type", "twilio.pre_fill"]),
        ("drop:line_type:nothing", {}, ["twilio.line_type", "twilio.pre_fill"]),
    ],
)  # fmt: skip
def test_lookups_are_rearranged(admin_client, recipe, act, changes, steps):
    assert arranged(admin_client, act, TWO, **changes) == [("line_type", steps)]
    assert kept(recipe) == [["line_type", 0.5, ["twilio.line_type"]]]


def test_buttons_work_without_javascript_too(admin_client, recipe):
    response = admin_client.post(page_of(recipe), form(LINE, STATUS, do="up:line_status"))

    assert [row.wish.field for row in response.context["rows"]] == ["line_status", "line_type"]
    assert kept(recipe) == [["line_type", 0.5, ["twilio.line_type"]]]


def test_price_of_a_contact_follows_what_is_switched_on(admin_client, recipe):
    switch("line_status", price="0.01")
    switch("sim_swap", is_on=False)
    wishes = (LINE, STATUS, ("sim_swapped_at", "0.5", ["twilio.sim_swap"]))

    context = admin_client.post(ARRANGE, form(*wishes, do="x")).context

    assert (context["at_least"], context["at_most"]) == (Decimal("0.018"), Decimal("0.018"))


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
