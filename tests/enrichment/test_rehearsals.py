"""Rehearsals as rows: played part by part, over any selection, and what is known applied."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from contacts.models import Company, Contact, ContactChange
from enrichment import rehearsals
from enrichment.models import Answer, Recipe, Rehearsal, RehearsalGap, Run
from enrichment.questions import question, question_key
from enrichment.rehearsing import Change
from integrations.models import ApiCall
from integrations.registry import lookup
from integrations.services import ensure_accounts
from tests.enrichment.conftest import contact, numbers
from tests.enrichment.test_rehearsing import BOUGHT_BY, LINE, bought

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _accounts(db, settings):
    settings.SANDBOX = True
    ensure_accounts()


@pytest.fixture
def ann(db):
    return User.objects.create_user("ann")


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of two contacts, and none that a person waits for."""
    monkeypatch.setattr(rehearsals, "PART", 2)
    monkeypatch.setattr(rehearsals, "AT_ONCE", 0)


def failed_one(number="+14155550100"):
    one = contact(number)
    Contact.objects.filter(pk=one.pk).update(status="processing")
    Contact.objects.filter(pk=one.pk).update(status="failed", error="it was down")
    return one


def test_small_one_is_played_at_once():
    contact()
    bought("+14155550100", line_type="mobile")

    row = rehearsals.create(LINE, {})

    assert (row.state, row.played_count, row.total_count) == (Rehearsal.State.DONE, 1, 1)
    assert rehearsals.changes_of(row) == {"line_type": Change(filled=1)}
    assert Contact.objects.get().line_type == ""


def test_large_one_is_played_in_parts_and_adds_up(small_parts, django_capture_on_commit_callbacks):
    for number in [*numbers(4), numbers(1)[0]]:
        contact(number)
    bought(numbers(2)[1], line_type="mobile")

    with django_capture_on_commit_callbacks() as rung:
        row = rehearsals.create(LINE, {})
    first = rehearsals.work(row.pk, seconds=0)
    row.refresh_from_db()

    assert (len(rung), first, row.played_count, row.state) == (1, True, 2, Rehearsal.State.WORKING)
    assert rehearsals.work(row.pk, seconds=60) is False
    row.refresh_from_db()
    assert (row.state, row.played_count) == (Rehearsal.State.DONE, 5)
    assert rehearsals.changes_of(row) == {"line_type": Change(filled=1, empty=4)}
    assert rehearsals.never_bought_of(row) == {"twilio.line_type": (3, Decimal("0.024"))}
    assert RehearsalGap.objects.count() == 0


def test_cancelled_one_is_played_no_further(small_parts):
    for number in numbers(5):
        contact(number)
    row = rehearsals.create(LINE, {})
    rehearsals.work(row.pk, seconds=0)

    assert rehearsals.cancel(row)

    assert rehearsals.work(row.pk, seconds=60) is False
    row.refresh_from_db()
    assert (row.state, row.played_count) == (Rehearsal.State.CANCELLED, 2)
    assert not rehearsals.cancel(row)


def test_selection_and_mode_are_those_of_runs():
    failed_one(numbers(3)[0])
    contact(numbers(3)[1])
    contact(numbers(3)[2], line_type="mobile")

    failed = rehearsals.create(LINE, {"status": "failed"})
    empty = rehearsals.create(LINE, {}, mode=Run.Mode.ONLY_EMPTY)

    assert (failed.played_count, empty.played_count) == (1, 2)


def test_lookup_that_is_gone_is_said():
    contact()

    row = rehearsals.create({"wanted": [["line_type", 0.5, ["gone.lookup"]]]}, {})

    assert row.state == Rehearsal.State.CANCELLED
    assert "gone.lookup" in row.result["refusal"]


def test_applying_fills_what_is_known_and_asks_nobody(ann):
    one = failed_one()
    answer = bought("+14155550100", age_days=500, line_type="mobile")

    row = rehearsals.apply_known(rehearsals.create(LINE, {}), ann)

    one.refresh_from_db()
    assert rehearsals.changes_of(row) == {"line_type": Change(filled=1)}
    assert (one.line_type, one.provenance["line_type"]["answer"]) == ("mobile", str(answer.pk))
    assert (one.status, one.error, one.enriched_at) == ("failed", "it was down", None)
    assert (one.cost_usd, ApiCall.objects.count(), Run.objects.count()) == (0, 0, 0)


def test_applying_is_told_in_the_history_under_the_persons_name(ann):
    one = contact(line_type="landline", provenance={"line_type": BOUGHT_BY | {"sure": 0.2}})
    bought("+14155550100", line_type="mobile")

    rehearsals.apply_known(rehearsals.create(LINE, {}), ann)

    told = ContactChange.objects.get(contact_id=one.pk)
    assert (told.by, told.before, told.after) == (
        "person:ann", {"line_type": "landline"}, {"line_type": "mobile"},
    )  # fmt: skip


def test_applying_erases_nothing_and_a_persons_word_stays(ann):
    by_hand = {"by": "person:bo", "sure": 1.0, "at": "2026-01-01T00:00:00+00:00"}
    typed = contact(line_type="landline", provenance={"line_type": by_hand})
    held = contact(numbers(1)[0], line_type="mobile", provenance={"line_type": BOUGHT_BY})
    bought("+14155550100", line_type="mobile")
    bought(numbers(1)[0])

    row = rehearsals.apply_known(rehearsals.create(LINE, {}), ann)

    values = set(Contact.objects.values_list("pk", "line_type"))
    assert values == {(typed.pk, "landline"), (held.pk, "mobile")}
    assert rehearsals.changes_of(row) == {"line_type": Change(same=2)}
    assert ContactChange.objects.count() == 0


def test_applying_tells_companies_too_and_leaves_contacts_clean(ann):
    firm = Company.objects.create(name="Birch", domain="birch.test")
    one = contact(company=firm)
    step = lookup("hunter.domain_search")
    key = question_key(step, question(step, {"company.domain": "birch.test"}), is_sandbox=True)
    known = bought("+14155550100", line_type="mobile")
    Answer.objects.filter(pk=known.pk).update(
        lookup=step.slug, question_key=key, facts={"company.industry": ["Timber", 0.9]}
    )
    kept = {"wanted": [["company.industry", 0.5, [step.slug]]]}

    rehearsals.apply_known(rehearsals.create(kept, {}), ann)

    firm.refresh_from_db()
    one.refresh_from_db()
    assert (firm.industry, one.provenance) == ("Timber", {})


def test_what_is_still_played_or_was_applied_is_not_applied(small_parts, ann):
    contact()
    row = rehearsals.create(LINE, {})

    with pytest.raises(rehearsals.NothingToApply):
        rehearsals.apply_known(row, ann)

    rehearsals.work(row.pk, seconds=60)
    row.refresh_from_db()
    applied = rehearsals.apply_known(row, ann)
    with pytest.raises(rehearsals.NothingToApply):
        rehearsals.apply_known(applied, ann)


def test_recipe_may_go_and_the_rehearsal_stays():
    contact()
    recipe = Recipe.objects.create(slug="r", name="R")
    row = rehearsals.create(LINE, {}, recipe=recipe)

    recipe.delete()

    row.refresh_from_db()
    assert (row.recipe, str(row)) == (None, "R")
