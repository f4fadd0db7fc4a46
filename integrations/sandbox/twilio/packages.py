"""Each data package's object for a number, in the shapes of the contract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from integrations.sandbox.invented import FIRMS, FIRST_NAMES, LAST_NAMES, STREETS, TOWNS
from integrations.sandbox.twilio.magic import Magic
from integrations.sandbox.twilio.numbers import TEST_MCC, Number

Inputs = Mapping[str, str]
Object = dict[str, Any]

UNPROVISIONED, COUNTRY, NOT_MOBILE, TOO_FEW_INPUTS = 60600, 60607, 60612, 60617


def line_type_intelligence(number: Number, inputs: Inputs) -> Object:
    return {
        "error_code": None,
        "mobile_country_code": TEST_MCC if number.mnc else None,
        "mobile_network_code": number.mnc or None,
        "carrier_name": number.carrier or None,
        "type": number.type,
    }


def caller_name(number: Number, inputs: Inputs) -> Object:
    """CNAM knows 70 % of the numbers of the United States, and no others."""
    if number.country != "US":
        return failed("caller_name", UNPROVISIONED)
    die, name, kind = number.die("caller_name"), None, None
    if die.below(100) < 70:
        draw = die.below(100)
        is_firm = draw < (60 if number.type == "landline" else 20)
        person = f"{die.pick(LAST_NAMES)} {die.pick(FIRST_NAMES)}"
        name = (die.pick(FIRMS) if is_firm else person).upper()[:15].strip()
        kind = "BUSINESS" if is_firm else "UNDETERMINED" if draw >= 95 else "CONSUMER"
    return {"caller_name": name, "caller_type": kind, "error_code": None}


def sms_pumping_risk(number: Number, inputs: Inputs) -> Object:
    """Four in five are low, one in twenty is high."""
    die = number.die("sms_pumping_risk")
    draw = die.below(100)
    low, span = (0, 26) if draw < 80 else (26, 49) if draw < 95 else (75, 26)
    points = low + die.below(span)
    return {
        "carrier_risk_category": "low" if points < 26 else "moderate" if points < 75 else "high",
        "number_blocked": points > 95,
        "number_blocked_date": "2026-10-01T00:00:00Z" if points > 95 else None,
        "number_blocked_last_3_months": True if points > 95 else None,
        "sms_pumping_risk_score": points,
        "error_code": None,
    }


def sim_swap(number: Number, inputs: Inputs) -> Object:
    """Mobiles only; three in a hundred were swapped in the last day."""
    if not number.is_mobile:
        return failed("sim_swap", NOT_MOBILE)
    is_swapped = number.die("sim_swap").below(100) < 3
    last = {
        "last_sim_swap_date": "2026-11-20T08:30:00Z" if is_swapped else None,
        "swapped_period": "PT24H",
        "swapped_in_period": is_swapped,
    }
    network = {"mobile_country_code": TEST_MCC, "mobile_network_code": number.mnc}
    return {"last_sim_swap": last, "carrier_name": number.carrier, **network, "error_code": None}


def call_forwarding(number: Number, inputs: Inputs) -> Object:
    """United Kingdom only."""
    if number.country != "GB":
        return failed("call_forwarding", COUNTRY)
    return {
        "call_forwarding_enabled": number.die("call_forwarding").below(100) < 10,
        "error_code": None,
    }


def line_status(number: Number, inputs: Inputs) -> Object:
    if not number.is_mobile:
        return failed("line_status", NOT_MOBILE)
    draw = number.die("line_status").below(100)
    status = "active" if draw < 85 else "reachable" if draw < 90 else "inactive"
    return {"status": status, "error_code": None}


def reassigned_number(number: Number, inputs: Inputs) -> Object:
    """United States only, and only with a date; its error code is text, as at Twilio."""
    since = inputs.get("LastVerifiedDate", "")
    if not since or number.country != "US":
        code = TOO_FEW_INPUTS if not since else COUNTRY
        return {"last_verified_date": None, "is_number_reassigned": None, "error_code": str(code)}
    draw = number.die("reassigned_number").below(100)
    said = "yes" if draw < 5 else "no" if draw < 85 else "no_data_available"
    date = f"{since[:4]}-{since[4:6]}-{since[6:]}"
    return {"last_verified_date": date, "is_number_reassigned": said, "error_code": None}


def identity_match(number: Number, inputs: Inputs) -> Object:
    """Four in five match well; it needs something to match."""
    names = {
        "FirstName": "first_name_match",
        "LastName": "last_name_match",
        "AddressLine1": "address_lines_match",
        "City": "city_match",
        "State": "state_match",
        "PostalCode": "postal_code_match",
        "AddressCountryCode": "address_country_match",
    }
    if not any(inputs.get(name) for name in names):
        return {**failed("identity_match", TOO_FEW_INPUTS), "error_message": "no input"}
    die = number.die("identity_match")
    is_match = die.below(100) < 80
    said = "exact_match" if is_match else "no_match"
    matches = {key: said if inputs.get(name) else None for name, key in names.items()}
    absent = {"national_id_match": None, "date_of_birth_match": None}
    points = 80 + die.below(21) if is_match else die.below(30)
    return {**matches, **absent, "summary_score": points, "error_code": None, "error_message": None}


def phone_number_quality_score(number: Number, inputs: Inputs) -> Object:
    points = number.die("quality_score").below(101)
    return {"quality_score": points, "quality_category": "low", "error_code": None}


def pre_fill(number: Number, inputs: Inputs) -> Object:
    die = number.die("pre_fill")
    town, state, postal_code = die.pick(TOWNS)
    return {
        "first_name": die.pick(FIRST_NAMES),
        "last_name": die.pick(LAST_NAMES),
        "address_line": f"{1 + die.below(999)} {die.pick(STREETS)}",
        "city": town,
        "country_code": number.country,
        "state": state,
        "postal_code": postal_code,
        "error_code": None,
    }


PACKAGES: Mapping[str, tuple[str, Callable[[Number, Inputs], Object]]] = {
    "caller_name": ("caller_name", caller_name),
    "sim_swap": ("sim_swap", sim_swap),
    "call_forwarding": ("call_forwarding", call_forwarding),
    "line_status": ("line_status", line_status),
    "line_type_intelligence": ("line_type", line_type_intelligence),
    "identity_match": ("identity_match", identity_match),
    "reassigned_number": ("reassigned_number", reassigned_number),
    "sms_pumping_risk": ("sms_pumping_risk", sms_pumping_risk),
    "phone_number_quality_score": ("quality_score", phone_number_quality_score),
    "pre_fill": ("pre_fill", pre_fill),
}

_KEYS: Mapping[str, tuple[str, ...]] = {
    "caller_name": ("caller_name", "caller_type"),
    "sim_swap": ("last_sim_swap", "carrier_name", "mobile_country_code", "mobile_network_code"),
    "call_forwarding": ("call_forwarding_enabled",),
    "line_status": ("status",),
    "line_type_intelligence": (
        "mobile_country_code", "mobile_network_code", "carrier_name", "type"),
    "reassigned_number": ("last_verified_date", "is_number_reassigned"),
    "sms_pumping_risk": ("carrier_risk_category", "number_blocked", "sms_pumping_risk_score"),
    "phone_number_quality_score": ("quality_score",),
}  # fmt: skip


def failed(field: str, code: int) -> Object:
    """Return a package's object that holds an error code and nothing else."""
    said: int | str = str(code) if field == "reassigned_number" else code
    return {**dict.fromkeys(_KEYS.get(field, ())), "error_code": said}


def package(field: str, number: Number, inputs: Inputs, magic: Magic | None) -> Object:
    """Return one package's object, with what is special about a magic number."""
    if magic and magic.code:
        return failed(field, magic.code)
    found = PACKAGES[field][1](number, inputs)
    if magic and field in magic.says:
        found.update(magic.says[field])
    return found
