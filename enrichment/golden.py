"""The golden fields: which facts a contact and its company keep, and what form each must have.

A company's fields are named "company.<column>" in facts, recipes and needs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import models

from contacts.importing.companies import read_domain
from contacts.models import Company, Contact
from integrations.errors import ContractBroken
from integrations.provider import Value

OF_COMPANY = "company."
NAMES: tuple[str, ...] = (
    "first_name", "last_name", "full_name", "position", "department", "seniority", "linkedin_url",
    "twitter_url", "facebook_url", "email", "email_status", "email_type", "email_score",
    "email_checked_at", "address_line", "city", "state", "postal_code", "country", "address_type",
    "address_is_verified", "latitude", "longitude", "geocode_accuracy", "google_place_id",
    "is_5g_home_available", "is_lte_home_available", "is_fios_available", "download_mbps",
    "upload_mbps", "coverage_checked_at", "coverage_estimate", "phone_is_valid", "phone_country",
    "phone_validation_errors", "line_type", "carrier_name", "mobile_country_code",
    "mobile_network_code", "caller_name", "caller_type", "line_status", "is_call_forwarded",
    "is_ported", "location_routing_number", "operating_company_name", "operating_company_type",
    "rpv_status", "rpv_is_cell", "rpv_carrier", "rpv_cnam", "rpv_error", "sms_pumping_risk_score",
    "sms_pumping_risk_level", "sms_pumping_carrier_risk", "sms_pumping_is_blocked",
    "sim_swapped_at", "sim_swap_period", "is_sim_swapped_in_period", "is_reassigned",
    "reassigned_checked_on", "identity_match_score", "phone_quality_score",
)  # fmt: skip
COMPANY_NAMES: tuple[str, ...] = (
    "name", "domain", "legal_name", "company_type", "industry", "category", "description",
    "founded_year", "employee_count", "employee_range", "annual_revenue_usd", "revenue_range",
    "tags", "technologies", "is_closed", "rating", "review_count", "website", "phone",
    "email_pattern", "address_line", "city", "state", "postal_code", "country", "latitude",
    "longitude", "linkedin_url", "twitter_url", "facebook_url", "google_place_id", "yelp_id",
    "mail_host", "mail_provider", "mail_gateway", "has_mx", "has_spf", "spf", "spf_level",
    "spf_lookups", "has_dkim",
    "has_dmarc", "dmarc_policy", "dmarc_percent", "registrar", "domain_created_on",
    "domain_expires_on", "name_servers", "ip_address", "hosting_provider", "hosting_country",
    "trust_status", "trust_profile_sid", "trust_score", "trust_failures", "trust_checked_at",
)  # fmt: skip

Coercer = Callable[[Value], Any]

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_BOUNDS = {"latitude": (-90.0, 90.0), "longitude": (-180.0, 180.0), "rating": (0.0, 5.0)}
_MOST = {"founded_year": 2200}


def _text(max_length: int) -> Coercer:
    def coerce(value: Value) -> str:
        if isinstance(value, bool) or value is None:
            raise ValueError(f"text expected, not {value!r}")
        return str(value).replace("\x00", "").strip()[:max_length]

    return coerce


def _choice(choices: frozenset[str]) -> Coercer:
    def coerce(value: Value) -> str:
        if value not in choices:
            raise ValueError("none of the values that we know")
        return str(value)

    return coerce


def _email(value: Value) -> str:
    text = str(value or "").replace("\x00", "").strip().lower()
    if text and (not _EMAIL.fullmatch(text) or len(text) > 254):
        raise ValueError("no e-mail address")
    return text


def _domain(value: Value) -> str:
    domain = read_domain(str(value or ""))
    if value and not domain:
        raise ValueError("no domain")
    return domain


def _truth(value: Value) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"true or false expected, not {value!r}")
    return value


def _whole(most: int) -> Coercer:
    def coerce(value: Value) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise ValueError(f"0 to {most} expected, not {value!r}")
        return value

    return coerce


def _number(least: float, most: float) -> Coercer:
    def coerce(value: Value) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not least <= value <= most:  # type: ignore[arg-type,operator]
            raise ValueError(f"{least} to {most} expected, not {value!r}")
        return round(float(value), 6)  # type: ignore[arg-type]

    return coerce


def _moment(value: Value) -> str:
    moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a zone: {value!r}")
    return moment.isoformat()


def _day(value: Value) -> str:
    return date.fromisoformat(str(value)[:10]).isoformat()


def _of_text(field: models.Field[Any, Any]) -> Coercer:
    if field.choices:
        return _choice(frozenset(str(value) for value, _ in field.flatchoices))
    return _text(field.max_length or 255)


# Kinds of column, the special ones before the general: how a value gets there, and the SQL type.
_KINDS: tuple[tuple[type[models.Field[Any, Any]], Callable[[Any], Coercer], str], ...] = (
    (models.CharField, _of_text, "text"),
    (models.BooleanField, lambda field: _truth, "boolean"),
    (models.FloatField, lambda field: _number(*_BOUNDS[field.name]), "double precision"),
    (
        models.PositiveSmallIntegerField,
        lambda field: _whole(_MOST.get(field.name, 100)),
        "smallint",
    ),
    (models.PositiveBigIntegerField, lambda field: _whole(2**63 - 1), "bigint"),
    (models.PositiveIntegerField, lambda field: _whole(2**31 - 1), "integer"),
    (models.DateTimeField, lambda field: _moment, "timestamptz"),
    (models.DateField, lambda field: _day, "date"),
)
_OWN: dict[str, Coercer] = {"email": _email, "company.domain": _domain}


def _kind(field: models.Field[Any, Any]) -> tuple[Callable[[Any], Coercer], str]:
    return next((coercer, sql) for kind, coercer, sql in _KINDS if isinstance(field, kind))


FIELDS: dict[str, models.Field[Any, Any]] = {
    **{name: Contact._meta.get_field(name) for name in NAMES},  # type: ignore[misc]
    **{OF_COMPANY + name: Company._meta.get_field(name) for name in COMPANY_NAMES},  # type: ignore[misc]
}
COERCERS: dict[str, Coercer] = {
    name: _OWN.get(name) or _kind(field)[0](field) for name, field in FIELDS.items()
}
TYPES: dict[str, str] = {name: _kind(field)[1] for name, field in FIELDS.items()}


def coerce(name: str, value: Value) -> Any:
    """Return the value in the form of its column. Raises ContractBroken when it does not fit.

    `name` is a contact's field, or a company's as "company.<column>"; KeyError for any other.
    """
    try:
        return COERCERS[name](value)
    except (ValueError, TypeError) as why:
        raise ContractBroken(f"{name}: {why}") from why


def is_of_company(name: str) -> bool:
    return name.startswith(OF_COMPANY)
