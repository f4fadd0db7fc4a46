"""Many approve one run at the same moment: one does, and the others are told."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from enrichment import estimating, services
from enrichment.models import Run
from integrations.models import Budget
from integrations.services import ensure_accounts
from tests.enrichment.conftest import contact

SESSIONS = 6


@pytest.fixture
def run(line_type_recipe, settings):
    settings.SANDBOX = True
    ensure_accounts()
    contact()
    return services.create_run(line_type_recipe, {})


def at_once(act):
    """Do it in many sessions of the database at the same moment; returns what each came to."""
    gate, found = threading.Barrier(SESSIONS), []

    def one(number):
        gate.wait()
        try:
            found.append(act(number))
        except services.RunRefused as refused:
            found.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_one_of_many_approves(run):
    def approve(number):
        services.launch(Run.objects.get(pk=run.pk), Decimal(number + 1))
        return number + 1

    found = at_once(approve)

    run.refresh_from_db()
    (cap,) = [one for one in found if isinstance(one, int)]
    assert (run.state, run.cap_usd) == (Run.State.STARTING, cap)
    assert Budget.objects.get(key=run.budget_key).cap_usd == cap
    assert sum("Nothing was changed" in str(one) for one in found) == SESSIONS - 1


def test_started_many_times_writes_its_items_once(run):
    services.approve(run)

    at_once(lambda _: services.start(run.pk))

    run.refresh_from_db()
    assert (run.state, run.total_count, run.items.count()) == (Run.State.WORKING, 1, 1)


def test_estimate_is_made_by_one_session(run):
    Run.objects.update(state="draft", estimate=None)

    with estimating.alone(run.pk, waits=False) as is_mine:
        found = at_once(lambda _: estimating.make(run.pk))
        still = Run.objects.get()
    estimating.make(run.pk)

    assert (is_mine, found, still.estimate) == (True, [None] * SESSIONS, None)
    assert Run.objects.get().state == Run.State.READY


def test_lock_goes_with_the_session_that_died(run):
    Run.objects.update(state="draft", estimate=None)

    def die(_):
        with connection.cursor() as cursor:
            key = f"enrichment.estimate:{run.pk}"
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])

    at_once(die)
    estimating.make(run.pk, waits=True)  # a server's process ends a moment after its client

    assert Run.objects.get().state == Run.State.READY
