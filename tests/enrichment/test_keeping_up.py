"""Upkeep: what has gone stale is asked again by itself, within the month's budget."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from contacts.models import Contact
from enrichment import keeping_up
from enrichment.models import Answer, Run, Upkeep
from tests.enrichment.conftest import approved, contact, numbers


@pytest.fixture
def upkeep(runtime, line_type_recipe):
    """Upkeep of the line types of five contacts, all of them asked 100 days ago."""
    for number in numbers(5):
        contact(number)
    approved(line_type_recipe)
    runtime.work(300)
    long_ago = timezone.now() - timedelta(days=100)
    Answer.objects.update(observed_at=long_ago)
    for one in Contact.objects.all():
        one.provenance["line_type"]["at"] = long_ago.isoformat()
        one.enriched_at = long_ago
        one.save()
    return Upkeep.objects.create(
        name="Lines", recipe=line_type_recipe, after_days=90, monthly_cap_usd=1, is_on=True
    )


def worked(runtime):
    runtime.work(300)
    return Run.objects.exclude(upkeep=None).get()


def test_stale_contacts_are_asked_again_once_a_day(runtime, sandbox, upkeep):
    sandbox.fresh()

    made = keeping_up.keep_up()

    run = worked(runtime)
    assert (made, run.state, run.done_count) == (1, Run.State.DONE, 5)
    assert sandbox.count()["calls"] == 5
    assert keeping_up.keep_up() == 0
    Upkeep.objects.update(looked_at=None)
    assert keeping_up.keep_up() == 0
    assert Upkeep.objects.get().note == "Nothing was due."


def test_the_months_budget_is_never_passed(runtime, sandbox, upkeep):
    sandbox.fresh()
    Upkeep.objects.update(monthly_cap_usd=Decimal("0.024"))

    keeping_up.keep_up()

    run = worked(runtime)
    assert (run.cap_usd, run.spent_usd, sandbox.count()["calls"]) == (
        Decimal("0.024"), Decimal("0.024"), 3,
    )  # fmt: skip
    Upkeep.objects.update(looked_at=None)
    assert keeping_up.keep_up() == 0
    assert Upkeep.objects.get().note == "The month's budget is used up."


def test_next_month_goes_on_where_the_budget_ended(runtime, sandbox, upkeep):
    Upkeep.objects.update(monthly_cap_usd=Decimal("0.024"))
    keeping_up.keep_up()
    first = worked(runtime)
    Run.objects.update(approved_at=timezone.now() - timedelta(days=40))
    Upkeep.objects.update(looked_at=None)

    assert (first.state, keeping_up.keep_up()) == (Run.State.BLOCKED, 1)

    first.refresh_from_db()
    second = Run.objects.exclude(upkeep=None).latest("pk")
    assert (first.state, first.reason) == (Run.State.CANCELLED, "the month's budget is used up")
    assert (second.total_count, second.cap_usd) == (2, Decimal("0.024"))


def test_nothing_is_made_while_it_is_off_or_its_run_works(runtime, upkeep):
    Upkeep.objects.update(is_on=False)
    off = keeping_up.keep_up()
    Upkeep.objects.update(is_on=True)
    first = keeping_up.keep_up()
    Upkeep.objects.update(looked_at=None)

    again = keeping_up.keep_up()

    assert (off, first, again, Run.objects.exclude(upkeep=None).count()) == (0, 1, 0, 1)


def test_a_persons_word_does_not_go_stale(runtime, upkeep):
    for one in Contact.objects.all():
        one.provenance["line_type"]["by"] = "person:ann"
        one.save()

    assert keeping_up.keep_up() == 0
