"""What a lost worker had promised to do becomes an unknown call, and nobody's answer."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from contacts import leases
from contacts.models import Worker
from enrichment.models import Answer
from enrichment.sweeping import sweep
from integrations import acting, ledger
from integrations.accounts import Accounts
from integrations.models import Account, ApiCall, Budget, Reservation
from integrations.providers.twilio_messaging import act_for


@pytest.fixture
def worker(transactional_db, settings):
    """A worker with an act in hand that is dear enough for questions to be held."""
    settings.SANDBOX = True
    Account.objects.create(provider="twilio_messaging", hold_unknown_above_usd=Decimal("0.001"))
    accounts, own = Accounts(), leases.register()
    accounts.refresh()
    promise = acting.propose(accounts, (act_for("sms", "+14155550100"), 1), key="message:1")
    with transaction.atomic():
        ledger.reserve([promise.intent], own)
    return Worker.objects.filter(pk=own)


@pytest.mark.parametrize("how", ["killed", "left"])
def test_the_sweep_finds_it_whether_the_worker_was_killed_or_left(worker, how, settings):
    settings.LEASE_S = 1  # no longer than the embedded server has been up
    long_ago = timezone.now() - timedelta(hours=1)
    worker.update(seen_at=long_ago, gone_at=long_ago if how == "left" else None)

    sweep()
    sweep()

    call = ApiCall.objects.get()
    assert (call.outcome, call.lookup, call.price_usd) == (
        "unknown", "sms_near", Decimal("0.012"),
    )  # fmt: skip
    assert {tuple(row) for row in Budget.objects.values_list("reserved_usd", "spent_usd")} == {
        (0, Decimal("0.012"))
    }
    assert (Reservation.objects.count(), Answer.objects.count()) == (0, 0)


def test_the_sweep_leaves_a_living_workers_promise_alone(worker):
    sweep()

    assert (Reservation.objects.count(), ApiCall.objects.count()) == (1, 0)
