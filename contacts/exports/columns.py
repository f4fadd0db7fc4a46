"""The columns that an export can have, in groups, with the headings that an import understands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

IDENTITY, COMPANY, PHONE = "Identity", "Company", "Phone facts"
MAILBOX, PLACE, RISK, STATE = "Mailbox and profiles", "Place and coverage", "Risk", "State"
GROUPS = (IDENTITY, COMPANY, PHONE, MAILBOX, PLACE, RISK, STATE)


# Facts of the company: the column's name here is "company_" and the company's own.
OF_COMPANY = {
    "company_industry": "Industry", "company_category": "Trade",
    "company_employee_count": "Employees", "company_employee_range": "Employees, about",
    "company_annual_revenue_usd": "Revenue (USD a year)", "company_founded_year": "Founded in",
    "company_phone": "HQ phone", "company_address_line": "HQ address", "company_city": "HQ city",
    "company_state": "HQ state", "company_postal_code": "HQ postal code",
    "company_country": "HQ country", "company_linkedin_url": "HQ LinkedIn",
    "company_mail_provider": "Mail provider", "company_dmarc_policy": "DMARC policy",
    "company_domain_expires_on": "Domain expires on", "company_trust_status": "Trust Hub status",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """`name` stands in JSON and in what is kept, `label` above the column.

    `has_source` tells whether a contact's provenance speaks of it.
    """

    name: str
    label: str
    group: str
    has_source: bool = True


def _group(group: str, columns: dict[str, str], *, has_source: bool = True) -> Iterable[Column]:
    return (Column(name, label, group, has_source) for name, label in columns.items())


# The labels of what an import can read are its own names for them; no other label is taken for
# one, so that an export that is imported again says nothing new.
COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        *_group(IDENTITY, {
            "phone_e164": "Phone", "phone_ext": "Extension", "full_name": "Full name",
            "first_name": "First name", "last_name": "Last name", "email": "E-mail",
            "position": "Position", "department": "Department", "address_line": "Address",
            "city": "City", "state": "State", "postal_code": "Postal code", "country": "Country",
            "external_id": "External id", "consent_on": "Consent given on",
        }),
        Column("phone_raw", "As given (raw)", IDENTITY, has_source=False),
        Column("id", "Switchboard id", IDENTITY, has_source=False),
        *_group(COMPANY, {"company": "Company", "company_domain": "Website"}),
        *_group(COMPANY, OF_COMPANY, has_source=False),
        *_group(PHONE, {
            "phone_is_valid": "Valid", "phone_country": "Country code of number",
            "phone_validation_errors": "Why not valid", "line_type": "Line type",
            "carrier_name": "Carrier", "mobile_country_code": "Mobile country code",
            "mobile_network_code": "Mobile network code", "caller_name": "Caller name",
            "caller_type": "Caller type", "line_status": "Line status",
            "is_call_forwarded": "Forwarded", "is_ported": "Ported",
            "location_routing_number": "Routing code", "operating_company_name": "Operator",
            "operating_company_type": "Operator type", "rpv_status": "Live status",
            "rpv_is_cell": "Live type", "rpv_carrier": "Live carrier", "rpv_cnam": "Live CNAM",
            "rpv_error": "Live error",
        }),
        *_group(MAILBOX, {
            "email_status": "Mailbox", "email_score": "Mailbox score (0 to 100)",
            "email_type": "Mailbox kind", "email_checked_at": "Mailbox checked",
            "seniority": "Seniority", "linkedin_url": "LinkedIn",
            "twitter_url": "Twitter", "facebook_url": "Facebook",
        }),
        *_group(PLACE, {
            "address_type": "Kind of place", "address_is_verified": "Place verified",
            "latitude": "Latitude", "longitude": "Longitude",
            "geocode_accuracy": "Accuracy of the place", "google_place_id": "Google place id",
            "is_5g_home_available": "5G home", "is_lte_home_available": "LTE home",
            "is_fios_available": "Fios", "download_mbps": "Download (Mbit/s)",
            "upload_mbps": "Upload (Mbit/s)", "coverage_checked_at": "Coverage checked",
            "coverage_estimate": "Coverage by the market (estimate)",
        }),
        *_group(RISK, {
            "sms_pumping_risk_score": "SMS risk (0 to 100)", "sms_pumping_risk_level": "SMS risk",
            "sms_pumping_carrier_risk": "SMS risk of carrier",
            "sms_pumping_is_blocked": "SMS blocked", "sim_swapped_at": "SIM swapped",
            "sim_swap_period": "SIM swap period",
            "is_sim_swapped_in_period": "SIM swapped in period", "is_reassigned": "Reassigned",
            "reassigned_checked_on": "Reassignment checked",
            "identity_match_score": "Identity match (0 to 100)",
            "phone_quality_score": "Phone quality (0 to 100)",
        }),
        *_group(STATE, {
            "status": "Status", "error": "Error", "quality_score": "Quality (0 to 100)",
            "cost_usd": "Cost (USD)", "enriched_at": "Enriched", "created_at": "Created",
            "updated_at": "Updated",
        }, has_source=False),
    )
}  # fmt: skip

DEFAULT = (
    "phone_e164", "phone_ext", "full_name", "first_name", "last_name", "email", "position",
    "company", "company_domain", "city", "state", "postal_code", "country", "phone_is_valid",
    "line_type", "carrier_name", "sms_pumping_risk_level", "status", "updated_at",
)  # fmt: skip

# What provenance says of a field: key, name behind the field's, label behind the field's.
SOURCES = (
    ("by", "source", "(source)"),
    ("at", "source_at", "(source date)"),
    ("sure", "source_sure", "(source, how sure)"),
)


def known(names: Iterable[str]) -> list[str]:
    """Return those names that are columns, each once, in their order."""
    return [name for name in dict.fromkeys(names) if name in COLUMNS]
