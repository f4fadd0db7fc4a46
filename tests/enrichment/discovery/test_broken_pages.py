"""A page of a form that we do not know: kept as it came, counted, and believed by nobody."""

import pytest

from enrichment.models import Answer
from integrations.models import Account, ApiCall
from tests.enrichment.discovery.conftest import YELP, counts
from tests.integrations.answering import answering


@pytest.mark.parametrize(
    ("body", "raw"),
    [
        (b'{"businesses": {"a\\u0000": 1}}', {"businesses": {"a": 1}}),
        (b'{"error": {"code": "NEW", "description": "odd"}}',
         {"error": {"code": "NEW", "description": "odd"}}),
        (b"<html>", "<html>"),
    ],
)  # fmt: skip
def test_a_broken_page_is_kept_raw_and_counted(discover, settings, body, raw):
    with answering(body) as url:
        settings.SANDBOX_URL = url
        row = discover(searches=YELP)

    answer, call = Answer.objects.get(), ApiCall.objects.get()
    assert (answer.outcome, answer.raw, answer.lookup) == ("broken", raw, "yelp.search")
    assert (call.outcome, call.error_class) == ("failed", "ContractBroken")
    assert counts(row) == {}


def test_it_is_bought_anew_the_next_time(discover, settings, sandbox):
    with answering(b"[]") as url:
        settings.SANDBOX_URL = url
        discover(searches=YELP)
    settings.SANDBOX_URL = sandbox.url
    Account.objects.update(label="Other")  # another version: the address is read anew

    row = discover(searches=YELP)

    assert counts(row)["found"] > 0
    assert Answer.objects.filter(outcome="broken").count() == 1
