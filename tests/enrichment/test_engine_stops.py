"""What fails, what may not be spent, and what people stop, while the engine works."""

from decimal import Decimal

import pytest

from contacts.models import Contact
from enrichment import answering, services, sweeping
from enrichment.models import Answer, Run, RunItem
from integrations import services as accounts
from integrations.models import Account, ApiCall, Budget, Reservation
from tests.enrichment.conftest import approved, contact, keep_closed, numbers, worked


def test_many_contacts_end_and_the_books_agree(runtime, sandbox, line_type_recipe):
    for number in numbers(500):
        contact(number)

    run = worked(runtime, approved(line_type_recipe))

    assert (run.state, run.done_count) == (Run.State.DONE, 500)
    assert Contact.objects.filter(status=Contact.Status.COMPLETED).count() == 500
    assert ApiCall.objects.count() == sandbox.count()["calls"] == 500
    assert Reservation.objects.count() == 0
    assert run.spent_usd == Decimal("4.00")
    for budget in Budget.objects.all():
        assert (budget.reserved_usd, budget.spent_usd) == (0, Decimal("4.00"))


def test_throttled_and_failing_answers_are_asked_again(runtime, sandbox, line_type_recipe):
    keep_closed(runtime)
    sandbox.set(rate_429=0.1, rate_5xx=0.05)
    for number in numbers(100):
        contact(number)

    run = worked(runtime, approved(line_type_recipe))

    assert (run.state, run.done_count) == (Run.State.DONE, 100)
    assert run.spent_usd == Decimal("0.80")
    assert ApiCall.objects.filter(tries__gt=1).exists()


def test_a_dropped_answer_is_unknown_counted_and_asked_again(runtime, sandbox, line_type_recipe):
    keep_closed(runtime)
    sandbox.set(rate_dropped=0.05, latency_ms=20, jitter_ms=40)
    for number in numbers(100):
        contact(number)

    run = worked(runtime, approved(line_type_recipe, cap_usd=Decimal(2)))

    unknown = ApiCall.objects.filter(outcome="unknown")
    assert (run.state, run.reason) == (Run.State.DONE, "")
    assert 0 < unknown.count() == sandbox.count()["dropped"]
    assert run.spent_usd == (100 + unknown.count()) * Decimal("0.008")


def test_a_dear_unknown_is_held_for_a_person(runtime, sandbox, line_type_recipe):
    Account.objects.update(hold_unknown_above_usd=Decimal("0.001"))
    sandbox.set(rate_dropped=1.0)
    contact()
    held = worked(runtime, approved(line_type_recipe))
    sandbox.fresh()

    again = worked(runtime, approved(line_type_recipe))

    assert (held.failed_count, again.failed_count) == (1, 1)
    assert sandbox.count()["calls"] == 0
    answering.release_unknown(Answer.objects.get(outcome="unknown"))
    assert worked(runtime, approved(line_type_recipe)).done_count == 1


@pytest.mark.parametrize("sid", ["AC" + "0" * 28 + "0401"])
def test_a_refused_secret_stops_the_run_until_it_is_mended(runtime, sandbox, line_type_recipe, sid):
    account = Account.objects.get(provider="twilio")
    accounts.set_secrets(account, {"account_sid": sid, "auth_token": "0" * 32})
    for number in numbers(300):
        contact(number)

    run = worked(runtime, approved(line_type_recipe))

    account.refresh_from_db()
    assert (run.state, run.blocked_by) == (Run.State.BLOCKED, "provider:twilio")
    assert account.state == Account.State.REJECTED
    assert sandbox.count()["calls"] <= 50  # what one of two processes may have in flight
    assert set(Contact.objects.values_list("status", flat=True)) == {Contact.Status.PENDING}
    accounts.set_secrets(account, {"account_sid": "AC" + "1" * 32})
    sweeping.sweep()
    assert worked(runtime, run).done_count == 300


def test_a_cap_is_never_passed(runtime, sandbox, line_type_recipe):
    for number in numbers(100):
        contact(number)

    run = worked(runtime, approved(line_type_recipe, cap_usd=Decimal("0.40")))

    assert sandbox.count()["calls"] == 50
    assert (run.state, run.done_count, run.spent_usd) == (Run.State.BLOCKED, 50, Decimal("0.40"))
    services.set_cap(run, Decimal("0.80"))
    run.refresh_from_db()
    assert worked(runtime, run).done_count == 100


def test_a_cap_of_the_account_and_day_blocks_every_run(runtime, sandbox, line_type_recipe):
    Account.objects.update(daily_cap_usd=Decimal("0.08"))
    for number in numbers(20):
        contact(number)

    run = worked(runtime, approved(line_type_recipe))

    assert sandbox.count()["calls"] == 10
    assert run.blocked_by.startswith("cap:account:")
    Account.objects.update(daily_cap_usd=None)
    sweeping.sweep()
    run.refresh_from_db()
    assert worked(runtime, run).done_count == 20


def test_a_run_approved_in_the_sandbox_never_spends_real_money(runtime, settings, line_type_recipe):
    contact()
    run = approved(line_type_recipe)
    settings.SANDBOX = False
    Account.objects.update(label="changed")

    worked(runtime, run)

    assert (run.state, run.blocked_by) == (Run.State.BLOCKED, "mode")
    assert ApiCall.objects.count() == 0


def test_a_paused_run_claims_nothing(runtime, sandbox, line_type_recipe):
    contact()
    run = approved(line_type_recipe)
    services.pause(run)

    runtime.work(5)

    assert sandbox.count()["calls"] == 0
    services.resume(run)
    assert worked(runtime, run).state == Run.State.DONE


def test_a_cancelled_run_leaves_what_waits(runtime, sandbox, line_type_recipe):
    contact()
    run = approved(line_type_recipe)

    services.cancel(run)
    runtime.work(5)

    assert sandbox.count()["calls"] == 0
    assert run.items.get().state == RunItem.State.CANCELLED
    assert Contact.objects.get().status == Contact.Status.PENDING
