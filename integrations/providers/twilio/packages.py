"""Lookup v2's data packages: what each is called, what it needs, and what its answer means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.errors import ContractBroken
from integrations.provider import Fact, Question, Value
from integrations.providers.twilio.reading import Body, flag, part, score, text

LINE_TYPES: Mapping[str, str] = {
    "mobile": "mobile",
    "landline": "landline",
    "tollFree": "toll_free",
    "fixedVoip": "fixed_voip",
    "nonFixedVoip": "non_fixed_voip",
    "personal": "personal",
    "premium": "premium",
    "voicemail": "voicemail",
    "sharedCost": "shared_cost",
    "uan": "uan",
    "pager": "pager",
}
CALLER_TYPES = frozenset({"business", "consumer", "undetermined"})
REASSIGNED = frozenset({"yes", "no", "no_data_available"})

# Risk levels of the score, as its predecessor drew them: 0-25, 26-74, 75-100.
LOW_UP_TO, HIGH_FROM = 25, 75

# How sure we are of each: a CNAM entry may name the number's former owner, and pre-fill is
# meant as a proposal to a person who fills in a form.
SURE, CARRIER, NAME, GUESS, WEAK = 1.0, 0.95, 0.8, 0.3, 0.5


@dataclass(frozen=True, slots=True)
class Package:
    """One data package; `query` and `nested` name its inputs in the GET and in the batch."""

    name: str
    key: str
    read: Callable[[Body], list[Fact]]
    takes_batch: bool = True
    query: Mapping[str, str] = field(default_factory=dict)
    nested: Mapping[str, str] = field(default_factory=dict)

    def inputs(self, question: Question) -> dict[str, str]:
        """Return the question's own inputs (never the number) by our names, blanks left out."""
        found = ((name, getattr(question, name, "")) for name in self.query)
        return {name: value for name, value in found if value}


def facts(pairs: Iterable[tuple[str, Value]], confidence: float) -> list[Fact]:
    """Return a fact for each pair that says something."""
    return [Fact(name, value, confidence) for name, value in pairs if value not in (None, "")]


def validation(body: Body) -> list[Fact]:
    """Return what every answer says of the number itself, free of charge."""
    errors = body.get("validation_errors") or []
    if not isinstance(errors, list):
        raise ContractBroken("Twilio: validation_errors is not a list")
    said = [
        ("phone_is_valid", flag(body, "valid")),
        ("phone_country", text(body, "country_code")),
        ("phone_validation_errors", ",".join(str(error) for error in errors)),
    ]
    return facts(said, SURE)


def line_type(body: Body) -> list[Fact]:
    """Return line type and carrier; a type that we do not know counts as unknown."""
    said = text(body, "type")
    kind = LINE_TYPES.get(said, "unknown") if said else ""
    carrier = [
        ("carrier_name", text(body, "carrier_name")),
        ("mobile_country_code", text(body, "mobile_country_code")),
        ("mobile_network_code", text(body, "mobile_network_code")),
    ]
    return [
        *facts([("line_type", kind)], GUESS if kind == "unknown" else CARRIER),
        *facts(carrier, CARRIER),
    ]


def caller_name(body: Body) -> list[Fact]:
    """Return the caller name and whose it is; a name alone makes nobody a business."""
    name = text(body, "caller_name")
    kind = text(body, "caller_type").lower()
    if not name and kind not in ("business", "consumer"):
        return []
    said = kind if kind in CALLER_TYPES else ""
    return facts([("caller_name", name), ("caller_type", said)], NAME)


def risk_level(points: int) -> str:
    """Return low, medium or high for a risk score 0..100."""
    if points <= LOW_UP_TO:
        return "low"
    return "high" if points >= HIGH_FROM else "medium"


def sms_pumping_risk(body: Body) -> list[Fact]:
    """Return the risk score, its level, the carrier's category and whether Twilio blocks it."""
    points = score(body, "sms_pumping_risk_score")
    said = [
        ("sms_pumping_risk_score", points),
        ("sms_pumping_risk_level", None if points is None else risk_level(points)),
        ("sms_pumping_carrier_risk", text(body, "carrier_risk_category").lower()),
        ("sms_pumping_is_blocked", flag(body, "number_blocked")),
    ]
    return facts(said, CARRIER)


def sim_swap(body: Body) -> list[Fact]:
    """Return the last SIM swap (its date may be unknown) and whether it was in the period."""
    last = part(body, "last_sim_swap")
    swapped = flag(last, "swapped_in_period")
    date = text(last, "last_sim_swap_date")
    if swapped is None and not date:
        return []
    said = [
        ("sim_swapped_at", date),
        ("sim_swap_period", text(last, "swapped_period")),
        ("is_sim_swapped_in_period", swapped),
    ]
    return facts(said, CARRIER)


def call_forwarding(body: Body) -> list[Fact]:
    """Return whether all calls are forwarded."""
    return facts([("is_call_forwarded", flag(body, "call_forwarding_enabled"))], CARRIER)


def line_status(body: Body) -> list[Fact]:
    """Return the line's status in the carrier's words: active, inactive, reachable and such."""
    return facts([("line_status", text(body, "status").lower())], CARRIER)


def reassigned_number(body: Body) -> list[Fact]:
    """Return whether the number changed hands since the consent date that we asked with."""
    said = text(body, "is_number_reassigned").lower()
    if said and said not in REASSIGNED:
        raise ContractBroken("Twilio: is_number_reassigned has a value we do not know")
    if not said:
        return []
    since = re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", text(body, "last_verified_date"))
    return facts([("is_reassigned", said), ("reassigned_checked_on", since)], CARRIER)


def identity_match(body: Body) -> list[Fact]:
    """Return how well the inputs match the carrier's records, 0..100."""
    return facts([("identity_match_score", score(body, "summary_score"))], CARRIER)


def quality_score(body: Body) -> list[Fact]:
    """Return the number's quality, 0..100 (the contract has an example only, no schema)."""
    return facts([("phone_quality_score", score(body, "quality_score"))], CARRIER)


def pre_fill(body: Body) -> list[Fact]:
    """Return person and address as a weak proposal (the contract has an example only)."""
    names = ("first_name", "last_name", "address_line", "city", "state", "postal_code")
    return facts([(name, text(body, name)) for name in names], WEAK)


IDENTITY_QUERY: Mapping[str, str] = {
    "first_name": "FirstName",
    "last_name": "LastName",
    "address_line": "AddressLine1",
    "city": "City",
    "state": "State",
    "postal_code": "PostalCode",
    "address_country": "AddressCountryCode",
}
IDENTITY_NESTED: Mapping[str, str] = {
    **{name: name for name in IDENTITY_QUERY},
    "address_line": "address_line1",
    "address_country": "address_country_code",
}

PACKAGES: Mapping[str, Package] = {
    package.name: package
    for package in (
        Package("validation", "validation", validation, takes_batch=False),
        Package("line_type", "line_type_intelligence", line_type),
        Package("caller_name", "caller_name", caller_name),
        Package("sms_pumping_risk", "sms_pumping_risk", sms_pumping_risk),
        Package("sim_swap", "sim_swap", sim_swap),
        Package("call_forwarding", "call_forwarding", call_forwarding),
        Package("line_status", "line_status", line_status),
        Package(
            "reassigned_number",
            "reassigned_number",
            reassigned_number,
            query={"consent_on": "LastVerifiedDate"},
            nested={"consent_on": "last_verified_date"},
        ),
        Package(
            "identity_match",
            "identity_match",
            identity_match,
            query=IDENTITY_QUERY,
            nested=IDENTITY_NESTED,
        ),
        Package("quality_score", "phone_number_quality_score", quality_score, takes_batch=False),
        Package("pre_fill", "pre_fill", pre_fill, takes_batch=False),
    )
}


def own_words(package: Package, body: Body) -> Any:
    """Return what the answer says for this package: its object, or the number's own facts."""
    if package.name != "validation" and body.get("valid") is not False:
        return body.get(package.key)
    names = ("valid", "validation_errors", "country_code", "calling_country_code")
    return {name: body.get(name) for name in (*names, "national_format", "phone_number")}
