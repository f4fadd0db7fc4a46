"""Where somebody may be, by number and by address."""

from __future__ import annotations

import pytest

from integrations.providers.own.postal import STATES
from outreach.hours.places import Address, _file, country_code, places_of

EAST, MIDDLE, WEST = "America/New_York", "America/Chicago", "America/Los_Angeles"


def zones(phone: str, **address: str) -> set[str]:
    return {zone for _, zone in places_of(phone, Address(**address))}


def regions(phone: str, **address: str) -> set[str]:
    return {region for region, _ in places_of(phone, Address(**address))}


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("+12125550100", {("US-NY", EAST)}),
        ("+18505550100", {("US-FL", EAST), ("US-FL", MIDDLE)}),
        ("+17875550100", {("US-PR", "America/Puerto_Rico")}),
        ("+14165550123", {("CA", "America/Toronto")}),
        ("+442079460000", {("*GB", "Europe/London")}),
    ],
)
def test_a_number_tells_region_and_all_zones_of_its_area(phone, expected):
    assert places_of(phone, Address()) == {(r.strip("*"), zone) for r, zone in expected}


@pytest.mark.parametrize("phone", ["+18005550100", "+18885550100", "+15555550100", "+12005550100"])
def test_a_number_of_no_area_may_be_anywhere_in_its_country(phone):
    assert len(regions(phone)) == 51
    assert {EAST, MIDDLE, WEST, "Pacific/Honolulu", "America/Adak"} <= zones(phone)


def test_a_mobile_abroad_may_be_anywhere_in_its_country():
    assert {"Australia/Perth", "Australia/Sydney"} <= zones("+61491570006")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({"state": "FL", "postal_code": "33101"}, {EAST}),
        ({"state": "Florida", "postal_code": "32501-1234"}, {MIDDLE}),
        ({"postal_code": "32401"}, {EAST, MIDDLE}),
        ({"state": "FL"}, {EAST, MIDDLE}),
        ({"state": " fl. "}, {EAST, MIDDLE}),
        # It says nothing of where: the number's area does.
        ({"country": "United States"}, {EAST, MIDDLE}),
        ({"state": "Elbonia", "postal_code": "x"}, {EAST, MIDDLE}),
        ({"country": "Elbonia", "state": "CA"}, {EAST, MIDDLE}),
        # The two disagree: both count.
        ({"state": "CA"}, {EAST, MIDDLE, WEST}),
        ({"state": "FL", "postal_code": "94105"}, {EAST, MIDDLE, WEST}),
        ({"country": "France"}, {EAST, MIDDLE, "Europe/Paris"}),
    ],
)
def test_an_address_narrows_the_area_or_is_added_to_it(address, expected):
    assert zones("+18505550100", **address) == expected


def test_the_rules_of_both_states_hold_where_the_zones_agree():
    assert regions("+13055550100", state="NY") == {"US-FL", "US-NY"}


def test_an_address_in_the_states_of_a_number_from_elsewhere():
    assert regions("+33123456789", country="USA", state="TX") == {"FR", "US-TX"}
    assert len(regions("+33123456789", country="USA")) == 52


def test_a_province_is_told_too():
    assert "America/Vancouver" in zones("+14165550123", state="British Columbia")
    assert zones("+14165550123", state="ON") >= {"America/Toronto", "America/Winnipeg"}


@pytest.mark.parametrize(
    ("text", "code"),
    [("USA", "US"), ("united  states", "US"), ("us", "US"), ("U.K.", "GB"), ("Germany", "DE"),
     ("Elbonia", ""), ("", ""), ("xx", "")],
)  # fmt: skip
def test_countries_in_words_and_codes(text, code):
    assert country_code(text) == code


def test_the_tables_know_every_state_and_no_area_code_is_of_none():
    armed = {"AA", "AE", "AP"}
    file = _file()

    assert set(file["states"]) == set(STATES) - armed
    assert set(file["area_codes"]) == set(STATES) - armed
    assert sum(len(areas.split()) for areas in file["area_codes"].values()) == 365
