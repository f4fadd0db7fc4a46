"""Facts about firms go to the contacts' companies, each once, whoever says them."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts import leases
from contacts.models import Company
from enrichment.engine import claiming
from enrichment.models import Recipe, RecipeField, RecipeStep, Run
from integrations.accounts import Accounts
from integrations.models import ApiCall
from tests.enrichment.conftest import approved, contact, numbers, worked


@pytest.fixture
def firm_recipe(runtime):
    """A recipe that asks Hunter about the firm behind a domain."""
    return recipe_of("firm", ("company.industry", "hunter.domain_search"))


def recipe_of(slug, *wanted):
    recipe = Recipe.objects.create(slug=slug, name=slug)
    for at, (field, *steps) in enumerate(wanted):
        row = RecipeField.objects.create(recipe=recipe, field=field, position=at)
        for place, step in enumerate(steps):
            RecipeStep.objects.create(wanted=row, lookup=step, position=place)
    return recipe


def acme(**fields):
    return Company.objects.create(**{"name": "Acme", "domain": "alderplumbing.test", **fields})


def test_a_firm_is_asked_once_for_all_its_contacts(runtime, sandbox, firm_recipe):
    firm = acme()
    for number in numbers(20):
        contact(number, company=firm)

    run = worked(runtime, approved(firm_recipe))

    firm.refresh_from_db()
    assert (run.state, run.done_count) == (Run.State.DONE, 20)
    assert sandbox.count()["calls"] == ApiCall.objects.count() == 1
    assert firm.industry == "Construction"
    assert firm.provenance["industry"]["by"] == "hunter.domain_search"
    assert firm.revision == 1
    assert firm.enriched_at is not None


def test_a_contact_without_a_firm_is_asked_nothing_about_one(runtime, sandbox, firm_recipe):
    contact()

    run = worked(runtime, approved(firm_recipe))

    trace = run.items.get().trace["hunter.domain_search"]
    assert trace == {"o": "skipped", "why": "needs company.domain"}
    assert sandbox.count()["calls"] == 0


def test_a_persons_word_about_a_firm_stays(runtime, sandbox, firm_recipe):
    said = {"by": "person:ann", "at": "2026-01-01T00:00:00+00:00", "sure": 1.0}
    firm = acme(name="Alder & Sons", provenance={"name": said})
    contact(company=firm)

    worked(runtime, approved(firm_recipe))

    firm.refresh_from_db()
    assert (firm.name, firm.provenance["name"]) == ("Alder & Sons", said)
    assert firm.industry == "Construction"


def remove_companies():
    Company.objects.all().delete()
    connection.close()


def test_a_firm_deleted_meanwhile_harms_nobody(runtime, sandbox, firm_recipe):
    firm = acme()
    one = contact(company=firm)
    run = approved(firm_recipe)
    sandbox.set(latency_ms=800)
    timer = threading.Timer(0.2, remove_companies)

    timer.start()
    run = worked(runtime, run)
    timer.join()

    one.refresh_from_db()
    assert (run.state, run.done_count) == (Run.State.DONE, 1)
    assert (one.company, Company.objects.count()) == (None, 0)


def test_the_phone_recipe_reads_no_company(runtime):
    contact(company=acme())
    approved(Recipe.objects.get(slug="phone"))
    (view,) = claiming.working_runs(Accounts())

    with CaptureQueriesContext(connection) as queries:
        (item,) = claiming.claim(view, leases.register(), 10)

    assert (view.company_fields, item.company) == ((), None)
    assert not [one for one in queries if "contacts_company " in one["sql"]]
