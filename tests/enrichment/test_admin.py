"""The back office of runs, recipes and answers: what a person may do, and what comes of it."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from contacts.models import Contact
from enrichment import services, sweeping
from enrichment.admin.runs import FITTING
from enrichment.models import Answer, Recipe, RecipeField, Run, RunItem
from enrichment.recipes import ensure_recipes, set_waterfall
from integrations.models import Budget
from integrations.services import ensure_accounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def recipe():
    recipe = Recipe.objects.create(slug="line-type", name="Line type")
    wanted = RecipeField.objects.create(recipe=recipe, field="line_type")
    set_waterfall(wanted, ["twilio.line_type"])
    return recipe


@pytest.fixture
def run(recipe, settings):
    settings.SANDBOX = True
    ensure_accounts()
    Contact.objects.create(phone_raw="x", phone_e164="+14155550100")
    return services.create_run(recipe, {}, cap_usd=Decimal(5), name="First")


def do(client, run, name, **form):
    address = reverse(f"admin:enrichment_run_{name}", args=[run.pk])
    response = client.post(address, {"_form_submitted": "on", **form})
    run.refresh_from_db()
    return response


@pytest.mark.parametrize(("typed", "cap"), [("2.50", Decimal("2.5")), ("", None)])
def test_approve_takes_the_cap_and_lets_workers_at_it(
    admin_client, run, typed, cap, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as rung:
        response = do(admin_client, run, "approve", cap_usd=typed)

    address = reverse("admin:enrichment_run_change", args=[run.pk])
    assert (response.status_code, response["HX-Redirect"]) == (200, address)
    assert (run.state, run.cap_usd) == (Run.State.ESTIMATING, cap)
    assert Budget.objects.get(key=run.budget_key).cap_usd == cap
    assert len(rung) >= 1


def test_approved_run_that_nobody_was_told_of_is_started_by_the_sweep(admin_client, run):
    do(admin_client, run, "approve", cap_usd="1")

    sweeping.sweep()

    run.refresh_from_db()
    assert (run.state, run.total_count) == (Run.State.WORKING, 1)


def test_bad_cap_is_said_beside_the_field(admin_client, run):
    response = do(admin_client, run, "approve", cap_usd="-3")

    assert "greater than or equal to 0" in response.content.decode()
    assert run.state == Run.State.READY


def test_dialog_shows_what_it_will_cost_and_does_nothing(admin_client, run):
    response = admin_client.get(reverse("admin:enrichment_run_approve", args=[run.pk]))

    run.refresh_from_db()
    assert "1 contacts, 1 calls" in " ".join(response.content.decode().split())
    assert run.state == Run.State.READY


def test_pause_resume_cancel(admin_client, run):
    services.approve(run)
    services.start(run.pk)
    seen = []

    for name in ("pause", "resume", "cancel"):
        do(admin_client, run, name)
        seen.append(run.state)

    assert seen == ["paused", "working", "cancelled"]
    assert RunItem.objects.get().state == RunItem.State.CANCELLED


def test_what_does_not_fit_the_state_is_refused_in_words(admin_client, run):
    response = do(admin_client, run, "pause")
    page = admin_client.get(response["HX-Redirect"]).content.decode()

    assert run.state == Run.State.READY
    assert "does not fit the state that the run is in: waits for approval." in page


@pytest.mark.parametrize("state", list(Run.State))
def test_page_offers_what_fits_the_state(admin_client, run, state):
    Run.objects.update(state=state)

    page = admin_client.get(reverse("admin:enrichment_run_change", args=[run.pk]))

    names = ("approve", "pause", "resume", "cancel", "again")
    html = page.content.decode()
    offered = {n for n in names if reverse(f"admin:enrichment_run_{n}", args=[run.pk]) in html}
    assert offered == set(FITTING[state])


@pytest.mark.parametrize("name", ["approve", "pause", "resume", "cancel", "again"])
def test_steering_needs_the_permission(client, django_user_model, run, name):
    client.force_login(django_user_model.objects.create_user("bo", password="x", is_staff=True))

    response = do(client, run, name, cap_usd="1")

    assert (response.status_code, run.state) == (403, Run.State.READY)
    assert Run.objects.count() == 1


def test_failed_ones_again_makes_a_run_that_waits(admin_client, run):
    services.approve(run)
    services.start(run.pk)
    RunItem.objects.update(state="failed")
    Run.objects.update(state="done", failed_count=1)

    do(admin_client, run, "again")

    new = Run.objects.exclude(pk=run.pk).get()
    assert (new.state, new.name) == (Run.State.READY, "First: failed ones again")


def recipe_form(recipe, *rows):
    form = {
        "name": recipe.name, "slug": recipe.slug, "description": "",
        "fields-TOTAL_FORMS": len(rows), "fields-INITIAL_FORMS": recipe.fields.count(),
    }  # fmt: skip
    for at, (pk, field, waterfall) in enumerate(rows):
        form |= {
            f"fields-{at}-id": pk, f"fields-{at}-recipe": recipe.pk, f"fields-{at}-position": at,
            f"fields-{at}-field": field, f"fields-{at}-sufficient": "0.5",
            f"fields-{at}-waterfall": waterfall,
        }  # fmt: skip
    return form


def waterfalls(recipe):
    fields = RecipeField.objects.filter(recipe=recipe)
    return {f.field: [step.lookup for step in f.steps.all()] for f in fields}


def test_waterfall_is_edited_as_text(admin_client, recipe):
    held = recipe.fields.get()
    rows = (held.pk, "line_type", "twilio.line_type"), ("", "line_status", " twilio.line_status ,")
    address = reverse("admin:enrichment_recipe_change", args=[recipe.pk])

    response = admin_client.post(address, recipe_form(recipe, *rows))

    assert response.status_code == 302
    assert waterfalls(recipe) == {
        "line_type": ["twilio.line_type"],
        "line_status": ["twilio.line_status"],
    }


@pytest.mark.parametrize(
    ("waterfall", "said"),
    [
        ("twilio.nothing", "no lookup is called"),
        ("twilio.sim_swap", "twilio.sim_swap does not supply line_type; twilio.line_type does"),
        ("twilio.line_type, twilio.line_type", "stands here twice"),
    ],
)
def test_wrong_waterfall_is_refused_with_the_reason(admin_client, recipe, waterfall, said):
    row = (recipe.fields.get().pk, "line_type", waterfall)
    address = reverse("admin:enrichment_recipe_change", args=[recipe.pk])

    response = admin_client.post(address, recipe_form(recipe, row))

    assert said in response.content.decode()
    assert waterfalls(recipe) == {"line_type": ["twilio.line_type"]}


def test_starting_recipes_can_be_saved_as_they_are(admin_client):
    ensure_recipes()
    recipe = Recipe.objects.get(slug="phone")
    before = waterfalls(recipe)
    rows = [(f.pk, f.field, ", ".join(before[f.field])) for f in recipe.fields.all()]
    address = reverse("admin:enrichment_recipe_change", args=[recipe.pk])

    response = admin_client.post(address, recipe_form(recipe, *rows))

    assert response.status_code == 302
    assert waterfalls(recipe) == before


def answer(outcome):
    now = timezone.now()
    return Answer.objects.create(
        id=uuid4(), question_key=uuid4(), lookup="twilio.sim_swap", request_id=uuid4(),
        outcome=outcome, observed_at=now, expires_at=now,
    )  # fmt: skip


def let_go(client, *answers):
    form = {"action": "let_go", "_selected_action": [str(one.pk) for one in answers]}
    return client.post(reverse("admin:enrichment_answer_changelist"), form, follow=True)


def test_let_go_releases_only_what_is_held(admin_client):
    held, known = answer("unknown"), answer("hit")

    response = let_go(admin_client, held, known)

    assert "1 held questions may be asked again." in response.content.decode()
    assert list(Answer.objects.all()) == [known]


def test_let_go_needs_the_permission(client, django_user_model):
    from django.contrib.auth.models import Permission

    user = django_user_model.objects.create_user("bo", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_answer"))
    client.force_login(user)

    let_go(client, answer("unknown"))

    assert Answer.objects.count() == 1
