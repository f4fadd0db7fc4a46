"""A run that learned something of a domain rings for its lead, at once and once."""

import pytest
from django.db import transaction

from config.celery import app
from contacts.models import Company
from enrichment import tasks
from enrichment.models import LeadScore, Recipe, RecipeField, RecipeStep
from enrichment.ringing import LEADS_A_BELL, ring_leads
from tests.enrichment.conftest import approved, contact, numbers

TASK = "enrichment.settle_leads"


def rung():
    """The companies of each bell that waits for a worker; takes all bells away."""
    found = []
    with app.connection_for_read() as broker, broker.SimpleQueue("switchboard") as queue:
        while queue.qsize():
            bell = queue.get_nowait()
            bell.ack()
            if bell.headers["task"] == TASK:
                found.append(bell.payload[0][0])
    return found


@pytest.fixture
def mail_recipe(runtime):
    recipe = Recipe.objects.create(slug="mail", name="Mail")
    wanted = RecipeField.objects.create(recipe=recipe, field="company.has_mx")
    RecipeStep.objects.create(wanted=wanted, lookup="dns.mail")
    return recipe


def test_a_lead_is_fresh_right_after_the_run(runtime, mail_recipe):
    firm = Company.objects.create(name="Acme", domain="alderplumbing.test")
    for number in numbers(3):
        contact(number, company=firm)
    rung()

    approved(mail_recipe)
    runtime.work(20)
    (ids,) = rung()
    assert not LeadScore.objects.exists()
    for _ in range(2):
        tasks.settle_leads(ids)

    firm.refresh_from_db()
    lead = LeadScore.objects.get()
    assert (ids, lead.company_id) == ([firm.pk], firm.pk)
    assert (lead.company_revision, lead.provider) == (firm.revision, firm.mail_provider)
    assert lead.readiness is not None


def test_what_says_nothing_of_a_domain_rings_for_no_lead(runtime):
    recipe = Recipe.objects.create(slug="firm", name="Firm")
    wanted = RecipeField.objects.create(recipe=recipe, field="company.industry")
    RecipeStep.objects.create(wanted=wanted, lookup="hunter.domain_search")
    firm = Company.objects.create(name="Acme", domain="alderplumbing.test")
    contact(company=firm)

    approved(recipe)
    runtime.work(20)

    firm.refresh_from_db()
    assert (firm.industry, rung()) == ("Construction", [])


def test_many_companies_take_several_bells_and_none_without_a_commit(transactional_db):
    rung()

    with transaction.atomic():
        ring_leads(range(2 * LEADS_A_BELL + 1))
        assert rung() == []
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ring_leads([1])
        raise ZeroDivisionError

    assert sorted(map(len, rung())) == [1, LEADS_A_BELL, LEADS_A_BELL]


def test_a_bell_for_what_is_settled_or_gone_changes_nothing(db):
    firm = Company.objects.create(domain="birch.test", has_mx=False)
    unseen = Company.objects.create(domain="unseen.test")
    tasks.settle_leads([firm.pk])
    scored_at = LeadScore.objects.get().scored_at

    tasks.settle_leads([firm.pk, unseen.pk, unseen.pk + 1])

    assert LeadScore.objects.get().scored_at == scored_at
