"""An act is promised, performed once and written down; budgets hold and a crash shows."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction

from integrations import acting, ledger
from integrations.accounts import Accounts
from integrations.circuits import CircuitBoard
from integrations.errors import (
    AccountUnusable,
    OutcomeUnknown,
    OverBudget,
    QuestionRejected,
    RateReached,
    Unreachable,
)
from integrations.gate import Gate
from integrations.limits import Limiter
from integrations.models import Account, AccountLookup, ApiCall, Budget, LookupDay, Reservation
from integrations.providers.twilio_messaging import (
    MACHINE_DETECTION,
    Sms,
    act_for,
    fetch_message,
    send_sms,
)
from tests.integrations.loopback import HASTY

PHONE = "+14155550100"
SMS = Decimal("0.012")
CAMPAIGN = "campaign:1"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    """At midnight budgets begin anew."""
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def account(sandbox):
    return Account.objects.create(provider="twilio_messaging")


@pytest.fixture
def propose(account):
    def promised(to=PHONE, segments=1, *, key=None, cap=None):
        accounts = Accounts()
        accounts.refresh()
        return acting.propose(
            accounts, (act_for("sms", to), segments), key=key or str(uuid4()),
            caps=((CAMPAIGN, cap),),
        )  # fmt: skip

    return promised


def reserve(*promises, worker=None):
    with transaction.atomic():
        return ledger.reserve([one.intent for one in promises], worker or uuid4())


def perform(promise, deed):
    async def run():
        gate = Gate(CircuitBoard(None), Limiter(None), retry=HASTY)
        try:
            return await acting.perform(gate, promise, deed)
        finally:
            await gate.aclose()

    return asyncio.run(run())


def send(promise, to=PHONE):
    """Reserve, send and settle, as another room does."""
    reserve(promise)
    done = perform(promise, lambda api: send_sms(api, Sms(to, "Hi")))
    with transaction.atomic():
        acting.settle([done])
    return done


def budgets():
    today = datetime.now(UTC)
    rows = Budget.objects.values_list("key", "reserved_usd", "spent_usd")
    names = {f"{today:%Y-%m}": "month", f"{today:%Y-%m-%d}": "day", "1": "campaign"}
    return {names[key.rpartition(":")[2]]: (held, spent) for key, held, spent in rows}


def calls():
    return list(ApiCall.objects.values_list("lookup", "outcome", "price_usd", "error_class"))


def test_an_act_is_paid_from_every_budget_and_stands_in_the_ledger(propose, sandbox):
    promise = propose(segments=2)

    done = send(promise)

    assert (done.error, done.result.status, done.price_usd) == (None, "queued", 2 * SMS)
    assert calls() == [("sms_near", "answered", 2 * SMS, "")]
    told = ApiCall.objects.get().exchange
    assert told.startswith(
        "POST /twilio_messaging/2010-04-01/Accounts/[secret]/Messages.json → 201"
    )
    assert budgets() == dict.fromkeys(("month", "day", "campaign"), (0, 2 * SMS))
    row = LookupDay.objects.get()
    assert (row.lookup, row.asked, row.hits) == ("twilio_messaging.sms_near", 1, 1)
    assert (Reservation.objects.count(), sandbox.count()["charged"]) == (0, 1)


def test_a_refusal_costs_nothing(propose):
    done = send(propose("+15005550004"), "+15005550004")

    assert type(done.error) is QuestionRejected
    assert calls() == [("sms_near", "failed", 0, "QuestionRejected")]
    assert budgets() == dict.fromkeys(("month", "day", "campaign"), (0, 0))


def test_what_is_refused_before_it_is_sent_leaves_no_trace(propose, sandbox):
    done = send(propose(), "12345")

    assert (type(done.error), done.call.sent) == (QuestionRejected, False)
    assert (calls(), Reservation.objects.count(), sandbox.count()["calls"]) == ([], 0, 0)
    assert budgets() == dict.fromkeys(("month", "day", "campaign"), (0, 0))


def test_a_lost_answer_counts_as_spent(propose):
    done = send(propose("+15005550131"), "+15005550131")

    assert (type(done.error), done.is_unknown) == (OutcomeUnknown, True)
    assert calls() == [("sms_near", "unknown", SMS, "OutcomeUnknown")]
    assert budgets() == dict.fromkeys(("month", "day", "campaign"), (0, SMS))


def test_without_a_connection_nothing_is_owed(propose, settings):
    settings.SANDBOX_URL = "http://127.0.0.1:9"

    done = send(propose())

    assert type(done.error) is Unreachable
    assert calls() == [("sms_near", "failed", 0, "Unreachable")]
    assert budgets()["day"] == (0, 0)


def test_a_stumble_over_an_answer_is_of_unknown_outcome(propose):
    async def stumble(api):
        await send_sms(api, Sms(PHONE, "Hi"))
        raise KeyError("sid")

    promise = propose()
    reserve(promise)
    done = perform(promise, stumble)

    assert str(done.error) == "Twilio Messaging: KeyError reading the answer"
    assert done.is_unknown and done.call.error is done.error


def test_to_settle_twice_changes_nothing(propose):
    done = send(propose())
    before = (calls(), budgets())

    with transaction.atomic():
        acting.settle([done])

    assert (calls(), budgets()) == before


@pytest.mark.parametrize("cap", ["campaign", "daily_cap_usd", "monthly_cap_usd"])
def test_no_cap_is_passed(propose, account, cap):
    own = Decimal("0.030") if cap == "campaign" else None
    if not own:
        Account.objects.filter(pk=account.pk).update(**{cap: Decimal("0.030")})
    promises = [propose(cap=own) for _ in range(3)]

    verdict = reserve(*promises)

    refused = [acting.refusal(one, verdict) for one in promises]
    assert refused[:2] == [None, None]
    assert type(refused[2]) is OverBudget
    assert refused[2].code == verdict.over[promises[2].intent.call_key]
    assert budgets()["day"] == (2 * SMS, 0)


def test_two_acts_of_one_name_are_never_under_way_together(propose):
    first, second = propose(key="message:1"), propose(key="message:1")
    reserve(first)

    verdict = reserve(second)

    assert type(acting.refusal(second, verdict)) is RateReached
    assert Reservation.objects.count() == 1


def test_a_worker_that_is_lost_leaves_an_unknown_call(propose):
    worker = uuid4()
    reserve(propose(), worker=worker)

    with transaction.atomic():
        ledger.abandon([worker])

    assert calls() == [("sms_near", "unknown", SMS, "OutcomeUnknown")]
    assert budgets() == dict.fromkeys(("month", "day", "campaign"), (0, SMS))


def test_one_who_lives_after_all_puts_it_right(propose):
    worker, promise = uuid4(), propose()
    reserve(promise, worker=worker)
    done = perform(promise, lambda api: send_sms(api, Sms(PHONE, "Hi")))
    ledger.abandon([worker])

    with transaction.atomic():
        acting.settle([done])

    assert calls() == [("sms_near", "answered", SMS, "")]
    assert budgets() == dict.fromkeys(("month", "day", "campaign"), (0, SMS))


def test_the_accounts_own_price_is_promised(propose, account):
    AccountLookup.objects.create(
        account=account, name="sms_near", is_enabled=True, price_usd=Decimal("0.02")
    )

    assert propose(segments=3).parts == (("sms_near", Decimal("0.06")),)


def test_what_is_switched_off_is_not_promised(propose, account):
    AccountLookup.objects.create(account=account, name="sms_near", is_enabled=False)

    with pytest.raises(AccountUnusable, match="SMS to the United States and Canada is switched"):
        propose()


def test_without_an_account_nothing_is_promised(propose, account):
    account.delete()

    with pytest.raises(AccountUnusable):
        propose()


def test_a_call_is_paced_as_the_account_says_and_paid_in_parts(account):
    Account.objects.filter(pk=account.pk).update(options={"calls_per_s": 3})
    accounts = Accounts()
    accounts.refresh()

    promise = acting.propose(
        accounts, (act_for("call", PHONE), 2), (MACHINE_DETECTION, 1), key="call:1"
    )

    near, detection = Decimal("0.028"), Decimal("0.0075")
    assert promise.parts == (("call_near", near), ("machine_detection", detection))
    assert promise.intent.price_usd == near + detection
    assert [(key, rate.windows()) for key, rate in promise.paces] == [
        (f"{account.pk}:calls_per_s", ((3, 1.0),))
    ]


def test_looking_is_free_and_written_down(account):
    accounts = Accounts()
    accounts.refresh()

    async def run():
        gate = Gate(CircuitBoard(None), Limiter(None), retry=HASTY)
        try:
            return await acting.look(
                gate, accounts.view("twilio_messaging"), "fetch_message",
                lambda api: fetch_message(api, "SM" + "0" * 32),
            )  # fmt: skip
        finally:
            await gate.aclose()

    done = asyncio.run(run())
    acting.settle([done])

    assert calls() == [("fetch_message", "failed", 0, "NotFound")]
    assert Budget.objects.count() == 0


def test_a_refused_secret_stops_the_account(propose, account, settings):
    Account.objects.filter(pk=account.pk).update(state="ok")
    done = send(propose("+15005550199"), "+15005550199")

    account.refresh_from_db()
    assert (account.state, account.state_until) == ("exhausted", done.error.retry_at)
