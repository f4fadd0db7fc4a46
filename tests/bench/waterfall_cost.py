"""What a usable e-mail address costs: cheapest lookup first, against all of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.bench.report import Result
from tests.integrations.sandbox.running import Running

CONTACTS, QUICK_CONTACTS = 2_000, 300


def run(sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    sandbox.set(latency_ms=5.0)
    at_once = _spend(contacts, is_at_once=True)
    in_turn = _spend(contacts, is_at_once=False)
    yield Result(
        "waterfall_cost",
        target=at_once["per_usable_usd"],
        is_met=in_turn["per_usable_usd"] <= at_once["per_usable_usd"],
        value=in_turn["per_usable_usd"],
        in_turn=in_turn,
        at_once=at_once,
        contacts=contacts,
    )


def _spend(contacts: int, *, is_at_once: bool) -> dict[str, Any]:
    """Return what finding and verifying addresses cost, and how many can be used."""
    from contacts.models import Contact
    from enrichment.models import RecipeStep
    from enrichment.ordering import propose
    from enrichment.runtime import Runtime
    from integrations.accounts import Accounts
    from tests.lab import firms, seeding

    seeding.fresh_contacts(0)
    firms.prepare()
    firms.people(contacts)
    accounts = Accounts()
    accounts.refresh()
    wanted = [
        (field, sufficient, [one.lookup.slug for one in propose(field, accounts) if one.is_enabled])
        for field, sufficient in (("email", 0.8), ("email_status", 0.9))
    ]
    recipe = firms.recipe("addresses", wanted)
    if is_at_once:
        RecipeStep.objects.filter(wanted__recipe=recipe, position__gt=0).update(beside=True)
    made = seeding.approved_run(recipe)
    runtime = Runtime()
    try:
        runtime.work(300)
    finally:
        runtime.close()
    made.refresh_from_db()
    usable = Contact.objects.exclude(email="").filter(email_status="valid").count()
    each = made.spent_usd / usable if usable else Decimal(0)
    return {
        "state": made.state,
        "usable": usable,
        "spent_usd": str(made.spent_usd),
        "per_usable_usd": round(float(each), 4),
        "lookups": [step for _, _, steps in wanted for step in steps],
    }
