"""The golden fields: which facts a contact keeps, and what form each must have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import models

from contacts.models import Contact
from integrations.errors import ContractBroken
from integrations.provider import Value

NAMES: tuple[str, ...] = (
    "first_name",
    "last_name",
    "full_name",
    "position",
    "department",
    "email",
    "address_line",
    "city",
    "state",
    "postal_code",
    "country",
    "phone_is_valid",
    "phone_country",
    "phone_validation_errors",
    "line_type",
    "carrier_name",
    "mobile_country_code",
    "mobile_network_code",
    "caller_name",
    "caller_type",
    "line_status",
    "is_call_forwarded",
    "is_ported",
    "location_routing_number",
    "operating_company_name",
    "operating_company_type",
    "rpv_status",
    "rpv_is_cell",
    "rpv_carrier",
    "rpv_cnam",
    "rpv_error",
    "sms_pumping_risk_score",
    "sms_pumping_risk_level",
    "sms_pumping_carrier_risk",
    "sms_pumping_is_blocked",
    "sim_swapped_at",
    "sim_swap_period",
    "is_sim_swapped_in_period",
    "is_reassigned",
    "reassigned_checked_on",
    "identity_match_score",
    "phone_quality_score",
)

Coercer = Callable[[Value], Any]


def _text(max_length: int) -> Coercer:
    def coerce(value: Value) -> str:
        if isinstance(value, bool) or value is None:
            raise ValueError(f"text expected, not {value!r}")
        return str(value).replace("\x00", "").strip()[:max_length]

    return coerce


def _truth(value: Value) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"true or false expected, not {value!r}")
    return value


def _score(value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
        raise ValueError(f"0 to 100 expected, not {value!r}")
    return value


def _moment(value: Value) -> str:
    moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a zone: {value!r}")
    return moment.isoformat()


def _day(value: Value) -> str:
    return date.fromisoformat(str(value)[:10]).isoformat()


def _coercer(field: object) -> Coercer:
    if isinstance(field, models.CharField):
        return _text(field.max_length or 255)
    if isinstance(field, models.BooleanField):
        return _truth
    if isinstance(field, models.PositiveSmallIntegerField):
        return _score
    return _moment if isinstance(field, models.DateTimeField) else _day


FIELDS = {name: Contact._meta.get_field(name) for name in NAMES}
COERCERS: dict[str, Coercer] = {name: _coercer(field) for name, field in FIELDS.items()}
TYPES: dict[str, str] = {
    name: (
        "text"
        if isinstance(field, models.CharField)
        else "boolean"
        if isinstance(field, models.BooleanField)
        else "smallint"
        if isinstance(field, models.PositiveSmallIntegerField)
        else "timestamptz"
        if isinstance(field, models.DateTimeField)
        else "date"
    )
    for name, field in FIELDS.items()
}


def coerce(name: str, value: Value) -> Any:
    """Return the value in the form of its column. Raises ContractBroken when it does not fit."""
    try:
        return COERCERS[name](value)
    except (ValueError, TypeError) as why:
        raise ContractBroken(f"{name}: {why}") from why
