"""Addresses are read and tidied here, and hopeless ones refused by field, before money is spent."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import QuestionRejected
from integrations.provider import Api, Question
from integrations.providers.own.addresses import (
    Address,
    parse_address,
    read,
)
from integrations.providers.own.postal import STATES, STATES_BY_PREFIX, state_code, zip_code
from integrations.sandbox.invented import STREETS, TOWNS
from integrations.sandbox.world import firm_at, person_at


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "123 N Main St Apt 4, Springfield, IL 62701-1234",
            Address("123 N Main St Apt 4", "Springfield", "IL", "62701-1234", "apartment"),
        ),
        (
            "12 ALDER STREET SOUTHWEST SUITE 200, ALDERTON WASHINGTON 98001",
            Address("12 Alder St SW Ste 200", "Alderton", "WA", "98001"),
        ),
        ("p.o. box 12, Alderton WA", Address("PO Box 12", "Alderton", "WA", "", "po_box")),
        ("Rural Route 3 Box 45, Elmsford NY", Address("Rural Route 3 Box 45", "Elmsford", "NY")),
        ("123 1/2 e 5th ave", Address("123 1/2 E 5th Ave")),
        ("12b alder st #5c", Address("12B Alder St #5C")),
        ("500 County Road 12", Address("500 County Road 12")),
        (
            "1 North Carolina Ave, Raleigh, North Carolina",
            Address("1 North Carolina Ave", "Raleigh", "NC"),
        ),
        (
            "W123N456 Main St, Menomonee Falls Wisconsin",
            Address("W123N456 Main St", "Menomonee Falls", "WI"),
        ),
        ("Ada Birch, 12 O'Brien St.", Address("12 O'Brien St")),
    ],
)  # fmt: skip
def test_common_forms_are_tidied(text: str, found: Address):
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "more", "why"),
    [
        ("", {}, "address_line: has to have"),
        ("\x00\n", {}, "address_line: has to have"),
        ("1 " + "Main " * 60, {}, "address_line: has to have"),
        ("Main St", {}, "address_line: has no house number"),
        ("Alder St 12", {}, "address_line: has no house number"),
        ("4th & Main, Houston TX", {}, "address_line: is a crossing"),
        ("1 Main St, 2 Oak Ave, 3 Elm Rd", {}, "address_line: reads like more than one"),
        ("1 Main St", {"state": "Elsewhere"}, "state: there is no state"),
        ("1 Main St, Salem OR", {"state": "WA"}, "state: the line says OR, the contact WA"),
        ("1 Main St", {"postal_code": "00001"}, "postal_code: there is no ZIP"),
        ("1 Main St", {"postal_code": "9800"}, "postal_code: there is no ZIP"),
        ("1 Main St", {"postal_code": "98001", "state": "MA"}, "98001 does not lie in MA"),
        ("1 Main St", {"country": "CA"}, "country: only addresses of the United States"),
    ],
)
def test_a_hopeless_address_is_refused_by_its_field(text: str, more: dict[str, str], why: str):
    with pytest.raises(QuestionRejected, match=why) as refused:
        read(text, **more)

    assert refused.value.code in ("address_line", "state", "postal_code", "country")


def test_what_the_line_does_not_say_comes_from_the_contact():
    found = read("1 Main St", city="BOSTON", state="Massachusetts", postal_code="02108-1234")

    assert found == Address("1 Main St", "Boston", "MA", "02108-1234")


def test_a_zero_that_a_spreadsheet_ate_is_put_back_where_the_state_agrees():
    assert read("1 Main St", state="MA", postal_code="2108").postal_code == "02108"
    with pytest.raises(QuestionRejected, match="postal_code"):
        read("1 Main St", state="WA", postal_code="2108")


def test_zips_and_states_agree_with_each_other():
    assert len(STATES_BY_PREFIX) == 929
    assert all(zip_code(f"{prefix}01", next(iter(of))) for prefix, of in STATES_BY_PREFIX.items())
    assert [state_code(name) for name, _ in STATES.values()] == list(STATES)
    assert state_code("d.c.") == "DC"


def test_the_sandboxs_world_lives_at_addresses_that_can_be_read():
    for _, state, postal_code in TOWNS:
        assert zip_code(postal_code, state) == postal_code
    for street in STREETS:
        assert read(f"1 {street}").line == f"1 {street}"
    person, firm = person_at("+14155550100"), firm_at("alderplumbing.test")
    assert [read(each.street).line for each in (person, firm)] == [person.street, firm.street]


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_refused(text: str):
    try:
        found = read(text)
    except QuestionRejected as refused:
        assert str(refused).partition(":")[0] in ("address_line", "state", "postal_code")
    else:
        assert any(c.isdigit() for c in found.line)


@given(
    st.integers(1, 9999),
    st.sampled_from(["", "North ", "sw "]),
    st.sampled_from(["Alder Street", "BROOK LN", "5th Avenue", "Fern Way"]),
    st.sampled_from(["", " Apt 4", " Suite 200", " #5"]),
)
def test_a_tidied_line_stays_as_it_is(number: int, way: str, street: str, unit: str):
    once = read(f"{number} {way}{street}{unit}")

    assert read(once.line) == once


def test_the_lookup_says_what_it_read():
    asked = Question({"address_line": "12 alder street apt 4", "state": "wa"})

    facts = asyncio.run(parse_address(cast(Api, cast(Any, None)), asked))

    assert [(fact.field, fact.value, fact.confidence) for fact in facts] == [
        ("address_line", "12 Alder St Apt 4", 0.7),
        ("state", "WA", 0.7),
        ("address_type", "apartment", 0.7),
    ]
