"""Answers that a provider brings later: waited for, asked for again, called back, given up."""

from datetime import UTC, datetime, timedelta

from enrichment import answering, questions
from enrichment.models import Answer
from integrations.ids import uuid7
from integrations.models import ApiCall
from integrations.provider import Fact
from integrations.registry import lookup
from tests.enrichment.conftest import approved, contact, numbers, worked
from tests.enrichment.test_companies import recipe_of

LINE, VERIFY = "twilio.line_type", "hunter.verify_email"


def test_what_is_answered_later_is_waited_for_and_asked_again(runtime, sandbox):
    recipe = recipe_of("verify", ("email_status", VERIFY), ("line_type", LINE))
    one = contact(email="later@alderplumbing.test")

    run = worked(runtime, approved(recipe))

    item = run.items.get()
    one.refresh_from_db()
    assert (item.state, item.tries, item.trace[VERIFY]["o"]) == ("waiting", 0, "pending")
    assert (run.not_before, bool(one.line_type)) == (None, True)
    assert item.due_at > datetime.now(UTC)
    assert ApiCall.objects.get(provider="hunter").price_usd == 0
    assert Answer.objects.get(lookup=VERIFY).outcome == "pending"


def pending(email, ticket="t-1", **changes):
    """A question that Hunter took, as the engine keeps it."""
    asked = lookup(VERIFY)
    key = questions.question_key(
        asked, questions.question(asked, {"email": email}), is_sandbox=True
    )
    now = datetime.now(UTC)
    kept = {
        "observed_at": now, "due_at": now, "expires_at": now + timedelta(days=60), **changes,
    }  # fmt: skip
    return Answer.objects.create(
        id=uuid7(), question_key=key, lookup=VERIFY, request_id=uuid7(), outcome="pending",
        ticket=ticket, is_sandbox=True, **kept,
    )  # fmt: skip


def test_asking_by_the_ticket_costs_nothing(runtime, sandbox):
    recipe = recipe_of("verify", ("email_status", VERIFY))
    one = contact(email="ann.lee@alderplumbing.test")
    pending(one.email)

    run = worked(runtime, approved(recipe))

    one.refresh_from_db()
    assert (run.done_count, run.spent_usd) == (1, 0)
    assert ApiCall.objects.get().price_usd == 0
    assert one.email_status


def test_what_never_came_is_a_miss_after_a_day(runtime, sandbox):
    recipe = recipe_of("verify", ("email_status", VERIFY))
    one = contact(email="ann.lee@alderplumbing.test")
    pending(one.email, observed_at=datetime.now(UTC) - timedelta(days=2))

    run = worked(runtime, approved(recipe))

    assert (run.done_count, sandbox.count()["calls"]) == (1, 0)
    assert run.items.get().trace[VERIFY]["o"] == "reused"


def test_a_callback_brings_the_answer(runtime, sandbox):
    recipe = recipe_of("verify", ("email_status", VERIFY))
    one = contact(email="ann.lee@alderplumbing.test")
    pending(one.email, due_at=datetime.now(UTC) + timedelta(hours=1))
    run = worked(runtime, approved(recipe))

    count = answering.answer_by_ticket(VERIFY, "t-1", [Fact("email_status", "valid", 0.9)], {})
    again = answering.answer_by_ticket(VERIFY, "t-1", [Fact("email_status", "valid", 0.9)], {})

    worked(runtime, run)
    one.refresh_from_db()
    assert (count, again) == (1, 0)
    assert (one.email_status, run.state, sandbox.count()["calls"]) == ("valid", "done", 0)


def test_contacts_that_share_a_later_answer_all_wait(runtime, sandbox):
    recipe = recipe_of("verify", ("email_status", VERIFY))
    for number in numbers(3):
        contact(number, email="later@alderplumbing.test")

    run = worked(runtime, approved(recipe))

    assert (run.done_count, ApiCall.objects.count()) == (0, 1)
    assert run.items.filter(state="waiting", due_at__gt=datetime.now(UTC)).count() == 3
