"""Where somebody may be: every region and time zone that a number and an address allow."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import phonenumbers
from babel import Locale
from babel.core import get_global
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, timezone, tzdata

from integrations.providers.own.postal import CODES, STATES

# A region of rules.json ("US-FL", "FR") and a time zone.
Place = tuple[str, str]
_FILE = Path(__file__).with_name("places.json")
_UNKNOWN_ZONE = "Etc/Unknown"
_WORLD = "001"
_NORTH_AMERICAN = len("+12125550100")
# Countries by ISO 3166 that the law and the mail of the United States count as states.
_TERRITORIES = frozenset(("PR", "VI", "GU", "AS", "MP"))
_ALIASES: Mapping[str, str] = {
    "usa": "US", "u.s.": "US", "u.s.a.": "US", "america": "US", "united states of america": "US",
    "uk": "GB", "u.k.": "GB", "great britain": "GB", "england": "GB", "scotland": "GB",
    "wales": "GB", "holland": "NL", "deutschland": "DE", "españa": "ES", "italia": "IT",
}  # fmt: skip
_PROVINCES: Mapping[str, str] = {
    "alberta": "AB", "british columbia": "BC", "manitoba": "MB", "new brunswick": "NB",
    "newfoundland": "NL", "newfoundland and labrador": "NL", "nova scotia": "NS",
    "northwest territories": "NT", "nunavut": "NU", "ontario": "ON", "prince edward island": "PE",
    "quebec": "QC", "québec": "QC", "saskatchewan": "SK", "yukon": "YT",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """As it stands in a contact: country and state in words or as codes, and a postal code."""

    country: str = ""
    state: str = ""
    postal_code: str = ""


@lru_cache(maxsize=50_000)
def places_of(phone: str, address: Address) -> frozenset[Place]:
    """Return where the holder of a number may be; empty when nothing tells.

    An address tells more than its number's area as long as its zones are among those of the number:
    then they are the zones. Where the two disagree both count, and so do the rules of both.
    """
    by_phone = _by_phone(phone)
    by_address = _by_address(address, _country_of(phone))
    if not by_address:
        return by_phone
    zones, told = _zones(by_phone), _zones(by_address)
    if not told <= zones:
        return by_phone | by_address
    regions = {region for region, zone in by_phone if zone in told}
    return by_address | {(region, zone) for region in regions for zone in told}


def _zones(places: Iterable[Place]) -> set[str]:
    return {zone for _, zone in places}


# --- By number ------------------------------------------------------------------------------


def _country_of(phone: str) -> str:
    """The country of a number; of one that isn't given out, the first of its country code."""
    if _area_of(phone) in _states_of_areas():
        return "US"
    number = _parsed(phone)
    if number is None:
        return ""
    country = phonenumbers.region_code_for_number(number)
    if not country:
        country = COUNTRY_CODE_TO_REGION_CODE.get(number.country_code, ("",))[0]
    return "" if country == _WORLD else str(country)


def _by_phone(phone: str) -> frozenset[Place]:
    country = _country_of(phone)
    if area := _area_of(phone):
        return _by_area_code(area, country)
    number = _parsed(phone)
    if number is None:
        return frozenset()
    zones = timezone.time_zones_for_number(number)
    if _UNKNOWN_ZONE in zones:
        zones = timezone.time_zones_for_geographical_number(number)
    if not country or _UNKNOWN_ZONE in zones:
        zones = _all_zones(country)
    return frozenset((country, zone) for zone in zones)


def _area_of(phone: str) -> str:
    """The area code of a North American number, else nothing."""
    return phone[2:5] if phone.startswith("+1") and len(phone) == _NORTH_AMERICAN else ""


@cache
def _by_area_code(area: str, country: str) -> frozenset[Place]:
    """All zones of an area code: numbers are carried from one exchange to another within it.

    One that is nowhere (toll-free, or not given out) may be anywhere in its country.
    """
    zones = {
        zone
        for prefix, found in tzdata.TIMEZONE_DATA.items()
        if prefix.startswith(f"1{area}")
        for zone in found
    }
    if country != "US":
        return frozenset((country, zone) for zone in zones or _all_zones(country))
    states = _states_of_areas().get(area, ())
    if not (zones and states):
        return _anywhere_in_the_states()
    return frozenset((f"US-{state}", zone) for state in states for zone in zones)


@cache
def _states_of_areas() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for state, areas in _file()["area_codes"].items():
        for area in areas.split():
            found.setdefault(area, []).append(state)
    return found


def _parsed(phone: str) -> Any:
    try:
        return phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return None


# --- By address -----------------------------------------------------------------------------


def _by_address(address: Address, phone_country: str) -> frozenset[Place]:
    """What an address says; nothing where it says no more than the number's country."""
    country = country_code(address.country) if address.country.strip() else phone_country
    if country in _TERRITORIES:
        return _in_state(country, address)
    if country == "US":
        places = _in_the_states(address)
    elif country == "CA":
        places = _in_a_province(address)
    else:
        places = frozenset()
    if places or country in ("", phone_country):
        return places
    if country == "US":
        return _anywhere_in_the_states()
    return frozenset((country, zone) for zone in _all_zones(country))


def _in_the_states(address: Address) -> frozenset[Place]:
    """By state, and by ZIP where there is none; where they disagree, both."""
    state = CODES.get(" ".join(address.state.replace(".", "").lower().split()), "")
    by_zip = _states_of_zip(address.postal_code)
    if state and (not by_zip or state in by_zip):
        return _in_state(state, address)
    found = {state} - {""} | by_zip
    return frozenset().union(*(_in_state(one, address) for one in found))


def _in_state(state: str, address: Address) -> frozenset[Place]:
    zones = _file()["states"].get(state, {})
    prefix = _zip_prefix(address.postal_code)
    told = {zone for zone, ranges in zones.items() if ranges and _within(prefix, ranges)}
    return frozenset((f"US-{state}", zone) for zone in told or zones)


def _in_a_province(address: Address) -> frozenset[Place]:
    typed = " ".join(address.state.lower().split())
    zones = _file()["provinces"].get(_PROVINCES.get(typed, typed.upper()), ())
    return frozenset(("CA", zone) for zone in zones)


def _states_of_zip(postal_code: str) -> set[str]:
    prefix = _zip_prefix(postal_code)
    if not prefix:
        return set()
    known = _file()["states"]
    return {
        state for state, (_, zips) in STATES.items() if state in known and _within(prefix, zips)
    }


def _zip_prefix(postal_code: str) -> str:
    digits = postal_code.strip().partition("-")[0].strip()
    return digits[:3] if len(digits) == 5 and digits.isascii() and digits.isdigit() else ""


def _within(prefix: str, ranges: str) -> bool:
    """Tell whether "324" lies in "320-324 326-339"."""
    pairs = (one.partition("-") for one in ranges.split())
    return bool(prefix) and any(first <= prefix <= (last or first) for first, _, last in pairs)


# --- Countries ------------------------------------------------------------------------------


def country_code(text: str) -> str:
    """Return the ISO code of a country in English words or as a code; "" for what is none."""
    typed = " ".join(text.strip().lower().split())
    code = _ALIASES.get(typed) or _country_names().get(typed, "")
    return code or (typed.upper() if typed.upper() in phonenumbers.SUPPORTED_REGIONS else "")


@cache
def _country_names() -> dict[str, str]:
    names = Locale("en").territories
    return {
        str(names[code]).lower(): code for code in phonenumbers.SUPPORTED_REGIONS if code in names
    }


def _all_zones(country: str) -> tuple[str, ...]:
    return tuple(get_global("territory_zones").get(country, ()))


@cache
def _anywhere_in_the_states() -> frozenset[Place]:
    states = _file()["states"].items()
    return frozenset(
        (f"US-{state}", zone)
        for state, zones in states
        if state not in _TERRITORIES
        for zone in zones
    )


@cache
def _file() -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return read
