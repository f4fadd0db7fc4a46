"""Money and errors as people read them."""

import pytest

from integrations.money import usd
from integrations.queries.filters import error_classes
from integrations.wording import ERRORS, Said, error_label, in_words, lookup_names, said


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "$0.00"), ("0.000000", "$0.00"), ("0.008", "$0.0080"), ("0.5", "$0.5000"),
        ("0.00001", "under $0.0001"), ("0.99994", "$0.9999"), ("0.99996", "$1.00"),
        ("1", "$1.00"), ("1.008", "$1.01"), ("1234.5", "$1,234.50"), (1e6, "$1,000,000.00"),
    ],
)  # fmt: skip
def test_money_has_one_way_of_being_written(amount, words):
    assert usd(amount) == words


def test_every_error_has_words():
    assert set(error_classes()) <= set(ERRORS)


def test_an_error_says_what_happened_about_what_and_what_to_do():
    kept = "ContractBroken: twilio.line_type+sim_swap: the answer is no JSON"

    assert said(kept) == Said(
        "The answer has a form that we do not know",
        "Twilio Lookup, Line type and SIM swap: the answer is no JSON",
        "Report it.",
    )


def test_the_class_may_be_told_apart_from_the_text():
    words = said("twilio.line_type: it took 30 s", "OutcomeUnknown")

    assert (words.what, words.detail) == (
        "No answer came back", "Twilio Lookup, Line type: it took 30 s",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ("", ""),
        ("given up after 3 tries", "Given up after 3 tries"),
        ("the cap of run:5 leaves too little", "The cap of run 5 leaves too little"),
        ("the cap of account:3:2026-11 is short", "The cap of the account, 2026-11 is short"),
        ("Odd: words", "Odd: words"),
        ("nobody.nothing: x", "Nobody.nothing: x"),
    ],
)
def test_what_is_no_class_of_ours_stays_as_it_is(kept, words):
    assert in_words(kept) == words


def test_an_unknown_class_keeps_its_name():
    assert error_label("Odd") == "Odd"


@pytest.mark.parametrize(
    ("slugs", "names"),
    [
        ("twilio.line_type+sim_swap", "Twilio Lookup, Line type and SIM swap"),
        ("google_places.text", "Google Places, By words"),
        ("yelp.search", "Yelp, Search"),
        ("twilio.gone_by", "Twilio Lookup, gone by"),
        ("nobody.asks", "nobody.asks"),
    ],
)
def test_lookups_and_searches_have_names(slugs, names):
    assert lookup_names(slugs) == names
