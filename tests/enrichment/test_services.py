"""What becomes of runs whose workers, servers or operators failed them."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db.models.functions import Now

from contacts.models import Contact, Worker
from enrichment import services, sweeping
from enrichment.engine import claiming
from enrichment.engine.items import RunView
from enrichment.models import Run, RunItem
from enrichment.recipes import plan
from integrations import ledger
from integrations.accounts import Accounts
from integrations.ids import uuid7
from integrations.ledger import Intent
from integrations.models import Account, ApiCall, Budget
from integrations.services import ensure_accounts
from tests.enrichment.conftest import approved, contact, numbers


@pytest.fixture
def run(transactional_db, settings, line_type_recipe):
    """A run over five contacts that workers may claim from."""
    settings.SANDBOX = True
    ensure_accounts()
    for number in numbers(5):
        contact(number)
    return approved(line_type_recipe)


def worker(*, seen_s_ago=0):
    seen_at = Now() - timedelta(seconds=seen_s_ago)
    return Worker.objects.create(id=uuid4(), name="test:1", seen_at=seen_at).id


def claimed(run, by, limit=5, **how):
    accounts = Accounts()
    accounts.refresh()
    view = RunView(run.pk, True, plan(run.plan, accounts))
    return claiming.claim(view, by, limit, **how)


def states():
    return sorted(RunItem.objects.values_list("state", flat=True))


@pytest.fixture
def server_is_old(settings):
    """The embedded server may have started within a normal lease; make the lease short."""
    settings.LEASE_S = 0.5


def test_two_workers_never_claim_one_item(run):
    first, second = claimed(run, worker(), 3), claimed(run, worker(), 5)

    assert len(first) == 3
    assert len(second) == 2
    assert not {item.id for item in first} & {item.id for item in second}


def test_a_claimed_contact_is_processing(run):
    items = claimed(run, worker(), 1)

    assert Contact.objects.get(status="processing").pk == items[0].contact_id


def test_what_a_lost_worker_held_waits_again(run, server_is_old):
    claimed(run, worker(seen_s_ago=60))

    sweeping.sweep()

    assert states() == ["waiting"] * 5
    assert set(Contact.objects.values_list("status", flat=True)) == {"pending"}
    assert set(RunItem.objects.values_list("losses", flat=True)) == {1}
    assert Worker.objects.get().is_lost


def test_a_living_worker_keeps_what_it_holds(run, server_is_old):
    claimed(run, worker(seen_s_ago=-600))  # it lives longer than this test

    sweeping.sweep()

    assert states() == ["claimed"] * 5


def test_nobody_is_lost_just_after_the_server_started(run, settings):
    settings.LEASE_S = 1e9  # no server has been up for so long
    claimed(run, worker(seen_s_ago=1_100_000_000))

    sweeping.sweep()

    assert states() == ["claimed"] * 5


def test_a_suspect_is_claimed_alone_and_never_with_others(run, server_is_old):
    claimed(run, worker(seen_s_ago=60), 2)
    sweeping.sweep()

    normal = claimed(run, worker(), 5)
    suspect = claimed(run, worker(), 1, suspects=True)

    assert (len(normal), len(suspect)) == (3, 1)


def test_ar_10_an_item_that_took_three_workers_with_it_is_given_up(run, server_is_old):
    RunItem.objects.update(losses=2)
    claimed(run, worker(seen_s_ago=60), 5, suspects=True)

    sweeping.sweep()

    run.refresh_from_db()
    assert states() == ["dead"] * 5
    assert set(Contact.objects.values_list("status", flat=True)) == {"failed"}
    assert (run.state, run.failed_count) == (Run.State.DONE, 5)
    assert "three workers" in RunItem.objects.first().error


def test_the_calls_of_a_lost_worker_are_unknown(run, server_is_old):
    gone = worker(seen_s_ago=60)
    account = Account.objects.get(provider="twilio")
    mine = Intent(
        uuid4(),
        uuid7(),
        account.pk,
        "twilio",
        {"line_type": uuid4()},
        Decimal("0.008"),
        run_id=run.pk,
        caps=((run.budget_key, None),),
    )
    ledger.reserve([mine], gone)

    sweeping.sweep()

    assert ApiCall.objects.get(pk=mine.request_id).outcome == "unknown"
    assert Budget.objects.get(key=run.budget_key).spent_usd == Decimal("0.008")


def test_a_run_is_approved_once(run):
    with pytest.raises(services.RunRefused, match="working"):
        services.approve(run)


def test_starting_twice_makes_no_second_items(run):
    services.start(run.pk)

    assert run.items.count() == 5


def test_a_run_over_nobody_is_done_at_once(line_type_recipe, settings):
    settings.SANDBOX = True

    run = approved(line_type_recipe)

    assert (run.state, run.total_count) == (Run.State.DONE, 0)


def test_a_done_run_cannot_be_paused(run):
    Run.objects.update(state=Run.State.DONE)

    with pytest.raises(services.RunRefused, match="done"):
        services.pause(run)


def test_failed_contacts_make_a_new_run(run):
    failed = RunItem.objects.first()
    RunItem.objects.filter(pk=failed.pk).update(state=RunItem.State.DEAD)

    again = services.retry_failed(run)

    assert again.selection == {"failed_in": run.pk}
    assert [c.pk for c in services.selection.of_run(again)] == [failed.contact_id]
    assert again.state == Run.State.READY


def test_a_run_whose_open_contacts_were_deleted_ends(run):
    run.refresh_from_db()
    Contact.objects.filter(run_items__run=run).delete()

    sweeping.sweep()

    run.refresh_from_db()
    assert (run.state, run.total_count) == (Run.State.DONE, 0)


def test_a_run_with_open_items_is_not_ended_by_the_sweep(run):
    total = RunItem.objects.count()
    Contact.objects.filter(run_items__pk=RunItem.objects.first().pk).delete()

    sweeping.sweep()

    run.refresh_from_db()
    assert (run.state, run.total_count) == (Run.State.WORKING, total)


def test_what_a_worker_left_with_waits_again(run, settings):
    by = worker()
    claimed(run, by)
    Worker.objects.update(gone_at=Now() - timedelta(seconds=settings.LEASE_S + 1))

    sweeping.sweep()

    assert states() == ["waiting"] * 5
    assert Worker.objects.get().is_lost


def test_a_worker_that_has_just_left_keeps_its_claims_until_the_lease_is_over(run):
    by = worker()
    claimed(run, by)
    Worker.objects.update(gone_at=Now())

    sweeping.sweep()

    assert states() == ["claimed"] * 5
