"""People with permissions, and runs for them to see."""

from decimal import Decimal

import pytest
from django.urls import reverse

from contacts.models import Contact
from enrichment import services
from enrichment.models import Recipe, RecipeField, Run
from enrichment.recipes import set_waterfall
from integrations.services import ensure_accounts

EVIL = "<script>alert(1)</script>"


def url(page, run):
    return reverse(f"admin:enrichment_run_{page}", args=[run.pk])


@pytest.fixture
def recipe(db, settings):
    settings.SANDBOX = True
    ensure_accounts()
    recipe = Recipe.objects.create(slug="line-type", name="Line type")
    wanted = RecipeField.objects.create(recipe=recipe, field="line_type")
    set_waterfall(wanted, ["twilio.line_type"])
    return recipe


@pytest.fixture
def run(recipe):
    """A run over one contact that waits for approval."""
    Contact.objects.create(phone_raw="x", phone_e164="+14155550100", full_name=EVIL)
    return services.create_run(recipe, {}, cap_usd=Decimal(5), name="First")


@pytest.fixture
def do(admin_client):
    """Posts a step of a run; returns the answer with the run read anew."""

    def post(run, page, client=admin_client, **form):
        response = client.post(url(page, run), form)
        run.refresh_from_db()
        return response

    return post


@pytest.fixture
def see(admin_client):
    """The HTML of a run's page."""

    def get(run, page="change", **query):
        response = admin_client.get(url(page, run), query)
        assert response.status_code == 200
        return " ".join(response.content.decode().split())

    return get


def estimate_of(run):
    """The run's estimate as it stands in the database."""
    found = Run.objects.values_list("estimate", flat=True).get(pk=run.pk)
    return found or {}


def working(run, total=4, done=1, failed=0, **fields):
    Run.objects.filter(pk=run.pk).update(
        state="working", total_count=total, done_count=done, failed_count=failed, **fields
    )
    run.refresh_from_db()
    return run
