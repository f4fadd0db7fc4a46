"""Contacts, an account and a recipe of one lookup, for runs that measure or break things."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import cycle, islice
from typing import Any

from django.db import connection

from contacts.models import Contact
from enrichment import recipes, services
from enrichment.models import Recipe, RecipeField, RecipeStep, Run
from integrations.models import Account
from integrations.services import ensure_accounts

LOOKUP = "twilio.line_type"
PRICE_USD = Decimal("0.008")
PLENTY_USD = Decimal(1_000_000)  # a cap that no run meets, however many answers get lost
TABLES = (
    "contacts_contact, contacts_searchblock, contacts_company, contacts_companyblock,"
    " contacts_import, contacts_bulkaction, enrichment_answer, enrichment_run,"
    " integrations_apicall, integrations_reservation, integrations_budget, integrations_lookupday"
)


def numbers() -> Iterator[str]:
    """Yield about 78,000 different numbers of the range reserved for fiction, +1 NXX 555 01XX."""
    for area in range(201, 1000):
        if area % 100 != 11 and area != 500:  # N11 are services; 500 has the magic numbers
            yield from (f"+1{area}55501{line:02d}" for line in range(100))


def prepare_account(**changes: Any) -> None:
    """Make the accounts and recipes there are at first, and change the Twilio account."""
    ensure_accounts()
    recipes.ensure_recipes()
    Account.objects.filter(provider="twilio").update(**changes)


def one_lookup_recipe() -> Recipe:
    recipe, _ = Recipe.objects.get_or_create(slug="one", defaults={"name": "One lookup"})
    wanted, _ = RecipeField.objects.get_or_create(recipe=recipe, field="line_type")
    RecipeStep.objects.get_or_create(wanted=wanted, lookup=LOOKUP)
    return recipe


def fresh_contacts(count: int) -> None:
    """Empty every table of earlier work and write new contacts, 78,000 with different numbers."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES} CASCADE")
    chosen = islice(cycle(numbers()), count)
    Contact.objects.bulk_create(
        (Contact(phone_raw=number, phone_e164=number) for number in chosen), batch_size=2000
    )


def approved_run(recipe: Recipe, *, cap_usd: Decimal | None = None) -> Run:
    """Return a run over all contacts, with its items written and the workers rung."""
    run = services.create_run(recipe, {}, cap_usd=cap_usd)
    services.approve(run)
    services.start(run.pk)
    run.refresh_from_db()
    return run


def forget_people() -> None:
    """Empty the tables of contacts, firms and runs; what lookups answered stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE contacts_contact, contacts_company, contacts_searchblock, enrichment_run"
            " CASCADE"
        )
