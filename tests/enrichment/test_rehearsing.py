"""A changed recipe is played over contacts on the answers already bought; nothing is written."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.serializers import serialize

from contacts.models import Contact
from enrichment import recipes
from enrichment.models import Answer, Recipe, Run, RunItem
from enrichment.questions import question, question_key
from enrichment.rehearsing import Change, rehearse
from integrations.accounts import Accounts
from integrations.registry import lookup
from integrations.services import ensure_accounts
from tests.enrichment.conftest import contact, switch

LINE = {"wanted": [["line_type", 0.5, ["twilio.line_type"]]]}
BOTH = {"wanted": [*LINE["wanted"], ["line_status", 0.5, ["twilio.line_status"]]]}
BOUGHT_BY = {"by": "twilio.line_type", "sure": 0.9, "at": "2026-01-01T00:00:00+00:00"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _accounts(db, settings):
    settings.SANDBOX = True
    ensure_accounts()


def bought(number, slug="twilio.line_type", age_days=0, **facts):
    step = lookup(slug)
    key = question_key(step, question(step, {"phone": number}), is_sandbox=True)
    at = datetime.now(UTC) - timedelta(days=age_days)
    return Answer.objects.create(
        id=uuid4(), question_key=key, lookup=slug, request_id=uuid4(), is_sandbox=True,
        outcome="hit" if facts else "miss", observed_at=at, expires_at=at + timedelta(days=1),
        facts={name: [value, 0.9] for name, value in facts.items()},
    )  # fmt: skip


def outcome(kept=LINE, run=None):
    accounts = Accounts()
    accounts.refresh()
    rows = Contact.objects.select_related("company")
    return rehearse(recipes.plan(kept, accounts), rows, accounts, run)


def counts(found):
    return {slug: len(keys) for slug, keys in found.never_bought.items()}


def test_field_is_filled_from_an_answer_however_old():
    contact()
    bought("+14155550100", age_days=500, line_type="mobile")

    found = outcome()

    assert found.fields == {"line_type": Change(filled=1)}
    assert (found.never_bought, found.saved_usd) == ({}, Decimal(0))


def test_value_that_lookups_supplied_is_set_aside_and_found_again():
    contact(line_type="landline", provenance={"line_type": BOUGHT_BY})
    bought("+14155550100", line_type="mobile")

    assert outcome().fields == {"line_type": Change(changed=1)}


def test_value_that_no_answer_holds_would_be_emptied():
    contact(line_type="landline", provenance={"line_type": BOUGHT_BY})
    bought("+14155550100")

    assert outcome().fields == {"line_type": Change(emptied=1)}


def test_word_of_a_person_stays_and_nobody_is_asked():
    by_hand = {"by": "person:bo", "sure": 1.0, "at": "2026-01-01T00:00:00+00:00"}
    contact(line_type="landline", provenance={"line_type": by_hand})

    found = outcome()

    assert (found.fields, found.never_bought) == ({"line_type": Change(same=1)}, {})


def test_what_was_never_bought_is_counted_once_per_question():
    switch("line_status")
    contact()
    contact("+14155550101")
    contact("+14155550101", full_name="Twin")
    bought("+14155550100", line_type="mobile")

    found = outcome(BOTH)

    assert counts(found) == {"twilio.line_type": 1, "twilio.line_status": 2}
    assert found.fields["line_status"] == Change(empty=3)


def test_answer_unlocks_the_next_lookup_of_the_waterfall():
    contact()
    bought("+14155550100", "twilio.validation", phone_is_valid=True)
    kept = {"wanted": [["phone_is_valid", 0.9, ["twilio.validation"]],
                       ["rpv_status", 0.5, ["twilio.real_phone_validation"]]]}  # fmt: skip
    switch("real_phone_validation", price="0.06")

    assert counts(outcome(kept)) == {"twilio.real_phone_validation": 1}


def test_money_is_saved_on_lookups_that_are_asked_no_more():
    one = contact()
    bought("+14155550100", line_type="mobile")
    run = Run.objects.create(recipe=Recipe.objects.create(slug="r", name="R"))
    trace = {"twilio.line_type": {"o": "hit", "usd": "0.008"},
             "twilio.sim_swap": {"o": "hit", "usd": "0.03"}}  # fmt: skip
    RunItem.objects.create(run=run, contact=one, trace=trace)

    assert outcome(run=run).saved_usd == Decimal("0.03")
    assert outcome().saved_usd == Decimal(0)


def test_nothing_is_written(django_assert_max_num_queries):
    contact(line_type="landline", provenance={"line_type": BOUGHT_BY})
    bought("+14155550100", line_type="mobile")
    before = serialize("json", [*Contact.objects.all(), *Answer.objects.all()])

    with django_assert_max_num_queries(10) as asked:
        outcome(BOTH)

    assert serialize("json", [*Contact.objects.all(), *Answer.objects.all()]) == before
    assert not [q["sql"] for q in asked.captured_queries if not q["sql"].startswith("SELECT")]
