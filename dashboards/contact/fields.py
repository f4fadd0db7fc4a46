"""The fields of a contact as people read them: groups, labels, and values in words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone

from contacts.models import Contact

# Group, its icon, and its fields in the order in which they are read.
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Person", "person", (
        "full_name", "first_name", "last_name", "position", "department", "seniority", "company",
        "linkedin_url", "twitter_url", "facebook_url", "consent_on", "external_id",
    )),
    ("E-mail", "mail", (
        "email", "email_status", "email_score", "email_type", "email_checked_at",
    )),
    ("Address and place", "location_on", (
        "address_line", "city", "state", "postal_code", "country", "address_type",
        "address_is_verified", "latitude", "longitude", "geocode_accuracy", "google_place_id",
    )),
    ("Coverage", "signal_cellular_alt", (
        "is_5g_home_available", "is_lte_home_available", "is_fios_available", "download_mbps",
        "upload_mbps", "coverage_checked_at", "coverage_estimate",
    )),
    ("Phone", "call", (
        "phone_is_valid", "line_type", "carrier_name", "caller_name", "caller_type", "line_status",
        "phone_ext", "phone_country", "is_call_forwarded", "phone_validation_errors",
        "mobile_country_code", "mobile_network_code",
    )),
    ("Risk and trust", "shield", (
        "sms_pumping_risk_level", "sms_pumping_risk_score", "sms_pumping_is_blocked",
        "sms_pumping_carrier_risk", "phone_quality_score", "identity_match_score",
        "is_sim_swapped_in_period", "sim_swapped_at", "sim_swap_period", "is_reassigned",
        "reassigned_checked_on",
    )),
    ("Porting and line check", "swap_calls", (
        "is_ported", "operating_company_name", "operating_company_type", "location_routing_number",
        "rpv_status", "rpv_is_cell", "rpv_carrier", "rpv_cnam", "rpv_error",
    )),
)  # fmt: skip
NAMES: tuple[str, ...] = tuple(name for _, _, names in GROUPS for name in names)

_LABELS = {
    "consent_on": "Consent given on",
    "email": "E-mail",
    "email_status": "Mailbox",
    "email_score": "E-mail score",
    "email_type": "Kind of mailbox",
    "email_checked_at": "E-mail checked",
    "linkedin_url": "LinkedIn",
    "twitter_url": "X (Twitter)",
    "facebook_url": "Facebook",
    "address_type": "Kind of address",
    "address_is_verified": "Address verified",
    "geocode_accuracy": "Accuracy of the place",
    "google_place_id": "Google place id",
    "is_5g_home_available": "5G home internet",
    "is_lte_home_available": "LTE home internet",
    "is_fios_available": "Fios",
    "download_mbps": "Download (Mbit/s)",
    "upload_mbps": "Upload (Mbit/s)",
    "coverage_checked_at": "Coverage checked",
    "coverage_estimate": "Coverage by the market, an estimate",
    "external_id": "Id in the source",
    "address_line": "Street and number",
    "postal_code": "Postal code",
    "phone_is_valid": "Valid number",
    "phone_ext": "Extension",
    "phone_country": "Country of the number",
    "phone_validation_errors": "What is wrong with it",
    "carrier_name": "Carrier",
    "caller_name": "Caller name (CNAM)",
    "is_call_forwarded": "Forwards its calls",
    "sms_pumping_risk_level": "SMS pumping risk",
    "sms_pumping_risk_score": "SMS pumping score",
    "sms_pumping_carrier_risk": "Risk of the carrier",
    "sms_pumping_is_blocked": "Blocked for SMS pumping",
    "sim_swapped_at": "SIM last swapped",
    "sim_swap_period": "Period looked at (ISO 8601)",
    "is_sim_swapped_in_period": "SIM swapped in the period",
    "is_reassigned": "Given to somebody else",
    "reassigned_checked_on": "Compared with the day",
    "identity_match_score": "Identity match",
    "phone_quality_score": "Phone quality",
    "is_ported": "Ported",
    "operating_company_name": "Operating company",
    "operating_company_type": "Kind of company",
    "rpv_status": "Line check",
    "rpv_is_cell": "Line check: mobile",
    "rpv_carrier": "Line check: carrier",
    "rpv_cnam": "Line check: caller name",
    "rpv_error": "Line check: error",
    "phone_e164": "Number",
    "phone_raw": "Number as written",
    "company_id": "Company",
    "tag": "Tag",
}
SCORES = frozenset(
    {"sms_pumping_risk_score", "identity_match_score", "phone_quality_score", "email_score"}
)
_CODED = frozenset((
    "line_type", "caller_type", "line_status", "is_reassigned", "operating_company_type",
    "rpv_status", "sms_pumping_carrier_risk", "sms_pumping_risk_level", "email_status",
    "email_type", "address_type", "geocode_accuracy", "seniority",
))  # fmt: skip
_LETTERS = {"Y": "Yes", "N": "No", "V": "VoIP"}


def label(name: str) -> str:
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


def is_blank(value: Any) -> bool:
    return value is None or value == ""


def in_words(name: str, value: Any) -> str:
    """Return a field's value as a person reads it, blank for none."""
    if is_blank(value):
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):  # a moment is one too
        return day_in_words(value)
    return _text_in_words(name, str(value))


def day_in_words(value: date) -> str:
    if isinstance(value, datetime):
        return f"{formats.date_format(timezone.localtime(value), 'j M Y, H:i')} UTC"
    return formats.date_format(value, "j M Y")


def _text_in_words(name: str, text: str) -> str:
    if name in SCORES:
        return f"{text} of 100"
    if name in _CODED:
        return coded(text)
    return _LETTERS.get(text, text) if name == "rpv_is_cell" else text


def coded(value: str) -> str:
    """Return a provider's or our own code word as plain words."""
    text = value.replace("_", " ")
    return (text[:1].upper() + text[1:]).replace("voip", "VoIP").replace("Uan", "UAN")


def value_of(contact: Contact, name: str) -> str:
    return in_words(name, getattr(contact, name))
