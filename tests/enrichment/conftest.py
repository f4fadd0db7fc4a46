"""The engine against the sandbox: a real process that plays the providers."""

from decimal import Decimal

import pytest
import redis

from contacts.models import Contact
from enrichment import recipes, services
from enrichment.models import Recipe, RecipeField, RecipeStep
from enrichment.runtime import Runtime
from integrations.models import Account, AccountLookup
from integrations.services import ensure_accounts
from tests.integrations.sandbox.running import running_sandbox


@pytest.fixture(scope="session")
def sandbox_process():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_process, settings):
    """The sandbox without latency or faults, with nothing counted yet."""
    sandbox_process.fresh()
    settings.SANDBOX = True
    settings.SANDBOX_URL = sandbox_process.url
    return sandbox_process


@pytest.fixture
def runtime(transactional_db, sandbox, settings):
    """A worker's runtime, with accounts and recipes in place and every circuit closed."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
    ensure_accounts()
    recipes.ensure_recipes()
    runtime = Runtime()
    yield runtime
    runtime.close()


@pytest.fixture
def line_type_recipe(transactional_db):
    """A recipe that asks for the line type only."""
    recipe = Recipe.objects.create(slug="line-type", name="Line type")
    wanted = RecipeField.objects.create(recipe=recipe, field="line_type")
    RecipeStep.objects.create(wanted=wanted, lookup="twilio.line_type")
    return recipe


def contact(number="+14155550100", **fields):
    return Contact.objects.create(phone_raw=number, phone_e164=number, **fields)


def numbers(count):
    """Different reserved numbers."""
    return [f"+1{area}5550{line}" for area in range(212, 900) for line in range(100, 200)][:count]


def approved(recipe, chosen=None, **options):
    """A run that workers may claim from."""
    run = services.create_run(recipe, chosen or {}, **options)
    services.approve(run)
    services.start(run.pk)
    run.refresh_from_db()
    return run


def switch(lookup, *, is_on=True, price=None):
    """Switch a Twilio lookup in the account."""
    AccountLookup.objects.update_or_create(
        account=Account.objects.get(provider="twilio"),
        name=lookup,
        defaults={"is_enabled": is_on, "price_usd": None if price is None else Decimal(price)},
    )


def keep_closed(runtime, provider="twilio"):
    """Let no failures open its circuit: how many come in a row is chance."""
    runtime.gate.board.circuit(f"{provider}:sandbox", fail_max=10_000)


def worked(runtime, run):
    """Work until nothing is due, and return the run anew."""
    runtime.work(300)
    run.refresh_from_db()
    return run
