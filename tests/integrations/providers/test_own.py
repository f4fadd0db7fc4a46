"""Switchboard's own lookups: names, guessed addresses and callers, without asking anybody."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.providers.own.callers import NOBODY, firm_of
from integrations.providers.own.mailboxes import PATTERNS, guesses, plain
from integrations.providers.own.names import Name, NoName, read_name

LETTERS = st.text(st.characters(categories=("L", "M")), min_size=1, max_size=20)
WORDS = st.from_regex(r"[A-Z][a-z]{2,9}x", fullmatch=True)  # none of them a title or a particle
ADDRESS = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*@birch\.test")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Ann Lee", "Ann", "Lee"),
        ("  Ann \t Lee ", "Ann", "Lee"),
        ("ANN LEE", "Ann", "Lee"),
        ("ann o'brien", "Ann", "O'Brien"),
        ("ANN MCKAY", "Ann", "McKay"),
        ("Ann-Marie Lee-Kerr", "Ann-Marie", "Lee-Kerr"),
        ("ANN-MARIE LEE-KERR", "Ann-Marie", "Lee-Kerr"),
        ("Lee, Ann", "Ann", "Lee"),
        ("Lee, Ann B.", "Ann", "Lee"),
        ("Ann Marie Lee", "Ann Marie", "Lee"),
        ("María del Carmen López", "María del Carmen", "López"),
        ("Lee, Jr., Ann", "Ann", "Lee"),
        ("Dr. Ann B. Lee, Jr.", "Ann", "Lee"),
        ("Prof. Dr. Ann Lee PhD", "Ann", "Lee"),
        ("Ann Lee, M.D.", "Ann", "Lee"),
        ("Ann Lee III", "Ann", "Lee"),
        ("Jan van der Berg", "Jan", "van der Berg"),
        ("JAN VAN DER BERG", "Jan", "van der Berg"),
        ("VAN DER BERG, JAN", "Jan", "van der Berg"),
        ("ANN VAN", "Ann", "Van"),
        ("Berg, Jan van der", "Jan", "van der Berg"),
        ("van der Berg, Jan", "Jan", "van der Berg"),
        ("Van Morrison", "Van", "Morrison"),
        ("Ann Do", "Ann", "Do"),
        ("Robert (Bob) Lee", "Robert", "Lee"),
        ('Robert "Bob" Lee', "Robert", "Lee"),
        ("José Müller", "José", "Müller"),
        ("D’Arcy O’Neil", "D'Arcy", "O'Neil"),
        ("Madonna", "Madonna", ""),
        ("Dr. Lee", "Lee", ""),
        ("Иван Петров", "Иван", "Петров"),
    ],
)
def test_a_name_is_read(text: str, first: str, last: str):
    assert read_name(text) == Name(first, last)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("--", "has no letters"),
        ("Birch Plumbing LLC", "is a firm's name"),
        ("Birch, Inc.", "is a firm's name"),
        ("ann@birch.test", "is no person's name"),
        ("Route 66", "is no person's name"),
        ("Ann & Bo Lee", "is no person's name"),
        ("Lee, Ann, Bo", "is no person's name"),
        ('"Ann"', "is empty"),
    ],
)
def test_what_is_no_persons_name_is_refused(text: str, words: str):
    with pytest.raises(NoName, match=words):
        read_name(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str):
    try:
        name = read_name(text)
    except NoName:
        return

    assert name.first.strip()
    assert all(part == part.strip() for part in name)


@given(WORDS, WORDS)
def test_both_orders_of_a_name_are_one(first: str, last: str):
    assert read_name(f"{first} {last}") == read_name(f"{last}, {first}") == Name(first, last)


@given(WORDS, WORDS, st.sampled_from(["Dr. ", "Ms ", ""]), st.sampled_from([", Jr.", " III", ""]))
def test_titles_and_suffixes_change_no_name(first: str, last: str, title: str, suffix: str):
    assert read_name(f"{title}{first} {last}{suffix}") == Name(first, last)


@pytest.mark.parametrize(
    ("first", "last", "pattern", "address"),
    [
        ("Ann", "Lee", "", "ann.lee"),
        ("Ann", "Lee", "{f}{last}", "alee"),
        ("Ann", "Lee", "{last}_{first}@birch.test", "lee_ann"),
        ("Ann", "Lee", "{nick}", "ann.lee"),
        ("Ann", "Lee", "{first}.{last", "ann.lee"),
        ("Ann", "Lee", "{0}{first.__class__}", "ann.lee"),
        ("José", "Müller", "", "jose.muller"),
        ("Søren", "Łukasz", "", "soren.lukasz"),
        ("Anne-Marie", "O'Brien", "", "anne-marie.obrien"),
        ("Jan", "van der Berg", "", "jan.vanderberg"),
        ("Ann", "", "", "ann"),
        ("Ann", "", "{first}.{last}", "ann"),
        ("Ann", "", "{first}", "ann"),
    ],
)
def test_an_address_is_guessed(first: str, last: str, pattern: str, address: str):
    assert guesses(Name(first, last), "birch.test", pattern)[0] == f"{address}@birch.test"


def test_all_usual_addresses_are_candidates_once():
    assert guesses(Name("Ann", "Lee"), "birch.test", PATTERNS[1]) == [
        "alee@birch.test", "ann.lee@birch.test", "annlee@birch.test", "ann@birch.test",
    ]  # fmt: skip


@pytest.mark.parametrize("name", [("Иван", "Петров"), ("美咲", "佐藤"), ("A" * 65, ""), ("-", "")])
def test_a_name_that_no_address_has_gives_no_guess(name: tuple[str, str]):
    assert guesses(Name(*name), "birch.test") == []


@given(LETTERS, st.text(max_size=30), st.text(max_size=30))
def test_every_guess_is_an_address(first: str, last: str, pattern: str):
    for found in guesses(Name(first, last), "birch.test", pattern):
        assert ADDRESS.fullmatch(found)
        assert len(found.partition("@")[0]) <= 64


@given(LETTERS)
def test_case_and_form_of_letters_change_no_guess(text: str):
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("caller", "firm"),
    [
        ("ALDER PLUMBING", "Alder Plumbing"),
        ("alder plumbing llc", "Alder Plumbing LLC"),
        ("O'REILLY AUTO", "O'Reilly Auto"),
        ("MCKAY ROOFING", "McKay Roofing"),
        ("JOE'S DINER", "Joe's Diner"),
        ("BANK OF ALDERTON", "Bank of Alderton"),
        ("THE BIRCH INN", "The Birch Inn"),
        ("CVS PHARMACY", "CVS Pharmacy"),
        ("3M", ""),
        ("84 LUMBER", "84 Lumber"),
        ("eBirch", "eBirch"),
        ("  ALDER   PLUMBING , ", "Alder Plumbing"),
        ("WIRELESS CALLER", ""),
        ("Toll Free Call", ""),
        ("4155550100", ""),
        ("", ""),
        ("...", ""),
    ],
)
def test_a_callers_name_is_tidied(caller: str, firm: str):
    assert firm_of(caller) == firm


@given(st.text(max_size=40))
def test_a_tidied_caller_stays_as_it_is(text: str):
    firm = firm_of(text)

    assert firm.lower() not in NOBODY
    assert firm == firm.strip()
