"""Money and memory of calls, against the real database."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction

from integrations import ledger
from integrations.accounts import Accounts
from integrations.calls import Call
from integrations.errors import OutcomeUnknown
from integrations.ids import uuid7
from integrations.ledger import Intent, Settled
from integrations.models import Account, ApiCall, Budget, LookupDay, Reservation, SpendDay
from integrations.registry import provider

PRICE = Decimal("0.008")
RUN = "run:1"


@pytest.fixture
def account(db, settings):
    settings.SANDBOX = True
    return Account.objects.create(provider="twilio")


def intent(account, *, call_key=None, price=PRICE, caps=((RUN, None),), **more):
    return Intent(
        call_key or uuid4(),
        uuid7(),
        account.pk,
        "twilio",
        {"line_type": uuid4()},
        price,
        run_id=1,
        is_sandbox=True,
        caps=caps,
        **more,
    )


def settled(account, *intents, outcome="answered", part="hit", price=PRICE, error=None):
    accounts = Accounts()
    accounts.refresh()
    call = Call(provider("twilio"), accounts.view("twilio"), intents[0].request_id, ("line_type",))
    call.started_at, call.tries, call.status, call.error = datetime.now(UTC), 1, 200, error
    return Settled(call, intents, outcome, [("line_type", part, price)])


def budget(key=RUN):
    found = Budget.objects.get(key=key)
    return found.reserved_usd, found.spent_usd


def test_a_reservation_takes_its_price_from_every_budget(account):
    caps = ledger.account_caps(account.pk, None, None, datetime(2026, 11, 22, tzinfo=UTC).date())

    verdict = ledger.reserve([intent(account, caps=((RUN, None), *caps))], uuid4())

    assert (verdict.in_flight, verdict.over) == (set(), {})
    assert sorted(Budget.objects.values_list("key", "reserved_usd", "spent_usd")) == [
        (f"account:{account.pk}:2026-11", PRICE, 0),
        (f"account:{account.pk}:2026-11-22", PRICE, 0),
        (RUN, PRICE, 0),
    ]


def test_what_passes_the_cap_is_refused_and_the_rest_granted(account):
    ledger.set_cap(RUN, Decimal("0.020"))
    wanted = [intent(account) for _ in range(3)]

    verdict = ledger.reserve(wanted, uuid4())

    assert verdict.over == {wanted[2].call_key: RUN}
    assert budget() == (Decimal("0.016"), 0)
    assert Reservation.objects.count() == 2


def test_an_equal_question_is_granted_once(account):
    first = intent(account)
    ledger.reserve([first], uuid4())

    verdict = ledger.reserve([intent(account, call_key=first.call_key)], uuid4())

    assert verdict.in_flight == {first.call_key}
    assert budget() == (PRICE, 0)


def test_a_reservation_whose_commit_was_hidden_is_granted_again(account):
    mine = intent(account, price=Decimal(0))
    ledger.reserve([mine], uuid4())

    verdict = ledger.reserve([mine], uuid4())

    assert verdict.in_flight == set()


def test_settling_moves_the_money_and_writes_the_ledger(account):
    mine = intent(account, contact_id=7)
    ledger.reserve([mine], uuid4())

    ledger.settle([settled(account, mine)])

    call = ApiCall.objects.get()
    assert budget() == (0, PRICE)
    assert Reservation.objects.count() == 0
    assert (call.pk, call.outcome, call.price_usd) == (mine.request_id, "answered", PRICE)
    assert (call.contact_id, call.run_id, call.is_sandbox) == (7, 1, True)


def test_a_free_miss_gives_the_reserved_money_back(account):
    mine = intent(account)
    ledger.reserve([mine], uuid4())

    ledger.settle([settled(account, mine, part="miss", price=Decimal(0))])

    assert budget() == (0, 0)


def test_a_call_that_was_never_sent_leaves_no_trace(account):
    mine = intent(account)
    ledger.reserve([mine], uuid4())

    ledger.release([mine])

    assert budget() == (0, 0)
    assert (Reservation.objects.count(), ApiCall.objects.count()) == (0, 0)


def test_calls_are_tallied_by_lookup_and_day(account):
    two = [intent(account), intent(account)]
    ledger.reserve(two, uuid4())

    ledger.settle([settled(account, two[0]), settled(account, two[1], part="miss")])

    tally = LookupDay.objects.get()
    assert (tally.lookup, tally.asked, tally.hits, tally.misses) == ("twilio.line_type", 2, 1, 1)
    assert tally.spent_usd == 2 * PRICE


def test_what_a_lost_worker_had_reserved_is_unknown_and_counted(account):
    worker, mine = uuid4(), intent(account)
    ledger.reserve([mine], worker)

    left = ledger.abandon([worker])

    call = ApiCall.objects.get()
    assert [one.request_id for one in left] == [mine.request_id]
    assert (call.outcome, call.price_usd, call.is_sandbox) == ("unknown", PRICE, True)
    assert budget() == (0, PRICE)


def test_only_dear_questions_of_a_lost_worker_are_held(account):
    Account.objects.update(hold_unknown_above_usd=Decimal("0.01"))
    worker = uuid4()
    cheap, dear = intent(account), intent(account, price=Decimal("0.06"))
    ledger.reserve([cheap, dear], worker)

    left = {one.request_id: one.is_dear for one in ledger.abandon([worker])}

    assert left == {cheap.request_id: False, dear.request_id: True}


def test_a_worker_that_lives_after_all_corrects_the_books(account):
    worker, mine = uuid4(), intent(account)
    ledger.reserve([mine], worker)
    ledger.abandon([worker])

    ledger.settle([settled(account, mine, part="miss", price=Decimal(0))])

    assert ApiCall.objects.get().outcome == "answered"
    assert budget() == (0, 0)


def test_an_unknown_outcome_is_spent(account):
    mine = intent(account)
    ledger.reserve([mine], uuid4())

    ledger.settle([settled(account, mine, outcome="unknown", part="error", error=OutcomeUnknown())])

    assert budget() == (0, PRICE)
    assert ApiCall.objects.get().error_class == "OutcomeUnknown"


def test_a_batch_goes_out_under_one_request_id(account):
    two = [intent(account), intent(account)]
    ledger.reserve(two, uuid4())

    ledger.join(two, two[0].request_id)

    assert set(Reservation.objects.values_list("request_id", flat=True)) == {two[0].request_id}
    ledger.settle([settled(account, *two, price=2 * PRICE)])
    assert (ApiCall.objects.count(), budget()) == (1, (0, 2 * PRICE))


def test_nothing_is_reserved_when_the_transaction_fails(account):
    with pytest.raises(RuntimeError), transaction.atomic():
        ledger.reserve([intent(account)], uuid4())
        raise RuntimeError

    assert Reservation.objects.count() == 0


def tallied():
    fields = ("asked", "hits", "errors", "unknown", "spent_usd", "unknown_usd")
    return [tuple(getattr(row, f) for f in fields) for row in SpendDay.objects.order_by("lookup")]


@pytest.mark.parametrize("was_lost", [True, False])
@pytest.mark.parametrize("was_performed", [True, False])
def test_an_unknown_outcome_that_is_known_after_all(account, was_lost, was_performed):
    worker, mine = uuid4(), intent(account)
    ledger.reserve([mine], worker)
    if was_lost:
        ledger.abandon([worker])
    else:
        lost = settled(account, mine, outcome="unknown", part="error", error=OutcomeUnknown())
        ledger.settle([lost])

    known = ledger.Known(mine.request_id, [("line_type", PRICE)], [RUN], was_performed)
    for _ in range(2):
        ledger.resolve([known])

    spent = PRICE if was_performed else 0
    call = ApiCall.objects.get()
    assert (call.outcome, call.price_usd) == ("answered" if was_performed else "failed", spent)
    assert budget() == (0, spent)
    hits = int(was_performed)
    assert tallied() == [(1, hits, 1 - hits, 0, spent, 0)]


def test_a_lost_call_of_two_parts_is_counted_by_part_once_it_is_known(account):
    worker, mine = uuid4(), intent(account)
    mine.questions = {"line_type": uuid4(), "sim_swap": uuid4()}
    ledger.reserve([mine], worker)
    ledger.abandon([worker])

    half = PRICE / 2
    parts = [("line_type", half), ("sim_swap", half)]
    ledger.resolve([ledger.Known(mine.request_id, parts, [RUN], True)])

    none = (0, 0, 0, 0, 0, 0)
    assert sorted(tallied()) == [none, (1, 1, 0, 0, half, 0), (1, 1, 0, 0, half, 0)]


def test_what_is_known_already_is_not_resolved(account):
    mine = intent(account)
    ledger.reserve([mine], uuid4())
    ledger.settle([settled(account, mine)])

    ledger.resolve([ledger.Known(mine.request_id, [("line_type", PRICE)], [RUN], False)])

    assert (ApiCall.objects.get().outcome, budget()) == ("answered", (0, PRICE))
