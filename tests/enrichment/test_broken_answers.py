"""An answer of a shape that we do not know: kept raw, counted, told once; no contact is changed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Company
from dashboards.alerting.broken import broken_contracts
from dashboards.alerting.watching import look
from dashboards.models import Alert
from enrichment.engine.jsontext import MOST_BROKEN, clipped, json_text
from enrichment.models import Answer, Run
from integrations.ids import first_uuid7
from integrations.models import Account, ApiCall, LookupDay
from tests.enrichment.conftest import approved, contact, numbers, worked
from tests.enrichment.test_companies import recipe_of
from tests.integrations.answering import answering

PDL, HUNTER = "peopledatalabs.enrich_company", "hunter.domain_search"


def deep(levels):
    return b'{"status":200,"name":"Birch","extra":' + b"[" * levels + b"]" * levels + b"}"


@pytest.fixture
def firm(runtime):
    return Company.objects.create(domain="birch.test", name="")


@pytest.fixture
def asked(runtime, settings, firm):
    """Work a run about one contact of the firm at a provider that says so."""

    def run(body, *lookups, count=1):
        recipe = recipe_of("firms", ("company.name", *(lookups or (PDL,))))
        for number in numbers(count):
            contact(number, company=firm)
        with answering(body) as url:
            settings.SANDBOX_URL = url
            return worked(runtime, approved(recipe))

    return run


@pytest.mark.parametrize(
    ("body", "raw"),
    [
        (b'{"status":200,"name":["Birch"]}', {"status": 200, "name": ["Birch"]}),
        (b'[{"status":200}]', [{"status": 200}]),
        (b'{"status":200,"name":"Bir', '{"status":200,"name":"Bir'),
        (b"<html>502</html>", "<html>502</html>"),
        (b'{"name":"B\\u0000irch","founded":"a\\u0000"}', {"name": "Birch", "founded": "a"}),
        (b'{"name":"Birch","founded":1e400}', '{"name":"Birch","founded":1e400}'),
        (b'"\\ud800"', '"\\ud800"'),
        (deep(2000), deep(2000).decode()),
    ],
)
def test_it_is_kept_raw_and_counted_and_changes_nothing(asked, firm, body, raw):
    run = asked(body)

    firm.refresh_from_db()
    assert (run.state, run.failed_count, firm.name, firm.provenance) == (Run.State.DONE, 1, "", {})
    answer, call = Answer.objects.get(), ApiCall.objects.get()
    assert (answer.outcome, answer.raw, answer.facts) == ("broken", raw, {})
    assert (call.outcome, call.error_class, answer.request_id) == (
        "failed", "ContractBroken", call.pk,
    )  # fmt: skip
    day = LookupDay.objects.get()
    assert (day.asked, day.hits, day.errors, day.spent_usd) == (1, 0, 1, 0)
    assert run.items.get().error.startswith("ContractBroken: ")


def test_what_is_too_big_is_counted_without_words(asked):
    run = asked(b'"' + b"x" * 11_000_000 + b'"')

    assert run.failed_count == 1
    assert Answer.objects.get().raw is None
    assert ApiCall.objects.get().error_class == "ContractBroken"


def test_it_is_asked_again_the_next_time(asked, runtime, sandbox, settings, firm):
    run = asked(b"[]")
    settings.SANDBOX_URL = sandbox.url
    Account.objects.update(updated_at=timezone.now())  # another address is another version
    contact("+13125550100", company=firm)

    again = worked(runtime, approved(run.recipe))

    assert again.failed_count == 0
    assert Answer.objects.filter(outcome="broken").count() == 1
    assert Answer.objects.exclude(outcome="broken").count() == 1


def test_another_provider_answers_in_its_place(asked, sandbox):
    run = asked(b'{"data": 7}', PDL, HUNTER)

    assert (run.state, set(run.items.get().trace)) == (Run.State.DONE, {PDL, HUNTER})


def test_a_good_answer_nested_deeply_is_a_good_answer(asked, firm):
    run = asked(deep(600))

    firm.refresh_from_db()
    assert (run.failed_count, firm.name) == (0, "Birch")
    assert (Answer.objects.get().raw or {})["name"] == "Birch"


def test_many_raise_one_alert_that_ends_by_itself(asked):
    asked(b"[]", count=1)
    for number in range(40):
        old = Answer.objects.first()
        old.pk = first_uuid7(timezone.now() + timedelta(milliseconds=number))
        old.save(force_insert=True)

    look()
    look()

    alert = Alert.objects.get(kind="contract_broken")
    assert (alert.subject, alert.cleared_at) == ("peopledatalabs", None)
    assert alert.message.startswith(
        "People Data Labs sent 41 answers of a form that we do not know in an hour."
    )
    Answer.objects.all().delete()
    ApiCall.objects.all().delete()
    assert list(broken_contracts()) == []
    look()
    Alert.objects.update(quiet_since=timezone.now() - timedelta(minutes=2))
    look()
    assert Alert.objects.get(kind="contract_broken").cleared_at is not None


def test_of_what_is_long_the_beginning_is_kept():
    long = {"a": "x" * MOST_BROKEN}

    kept = clipped(long)

    assert kept == json_text(long)[:MOST_BROKEN] + "…"
    assert clipped({"a": 1}) == {"a": 1}


def test_json_text_of_what_cannot_be_written_is_json():
    body: list[object] = []
    for _ in range(5000):
        body = [body]

    assert json.loads(json_text(body)) == "an answer that is nested too deeply to be kept"
