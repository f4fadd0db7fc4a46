"""Our fields that are computed from others: names in parts, the phone as it is read, labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number
from phonenumbers import parse as parse_number

from contacts.models import Contact
from crm_sync.connector import Type
from enrichment.models import LeadScore


@dataclass(frozen=True, slots=True)
class Derived:
    """Computed by `derive` from the values of `needs`; `takes` is what a pull writes instead."""

    name: str
    label: str
    group: str
    needs: tuple[str, ...]
    derive: Callable[..., Any]
    takes: str = ""
    type: Type = "text"
    length: int | None = None


def first(first_name: str, full_name: str) -> str:
    """Return the first name, else all but the last word of the full name."""
    return first_name or (full_name or "").strip().rpartition(" ")[0]


def last(last_name: str, full_name: str) -> str:
    """Return the last name, else the last word of the full name; CRMs want one."""
    return last_name or (full_name or "").strip().rpartition(" ")[2]


def full(full_name: str, first_name: str, last_name: str) -> str:
    return full_name or f"{first_name} {last_name}".strip()


def written(phone: str, ext: str = "") -> str:
    """Return +14155550100 and 7 as "+1 415-555-0100 ext. 7"."""
    if not phone:
        return ""
    try:
        number = format_number(parse_number(phone), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        number = phone
    return f"{number} ext. {ext}" if ext else number


def _named(*pairs: tuple[str, str]) -> Callable[[str], str]:
    known = dict(pairs)
    return lambda value: known.get(value) or (value or "").replace("_", " ").capitalize()


_line = _named(("voip", "VoIP"), ("fixed_voip", "Fixed VoIP"), ("non_fixed_voip", "Non-fixed VoIP"))
_risk = _named(*((str(value), str(label)) for value, label in Contact.RiskLevel.choices))
_segment = _named(*((str(value), str(label)) for value, label in LeadScore.Segment.choices))
_EITHER = ("company.name", "company.domain")

OF_CONTACT = (
    Derived(
        "name.first", "First name, or out of the full name", "Contact",
        ("first_name", "full_name"), first, takes="first_name", length=200,
    ),
    Derived(
        "name.last", "Last name, or out of the full name", "Contact",
        ("last_name", "full_name"), last, takes="last_name", length=200,
    ),
    Derived(
        "name.full", "Full name, or first and last", "Contact",
        ("full_name", "first_name", "last_name"), full, takes="full_name", length=201,
    ),
    Derived(
        "phone", "Phone as people write it", "Contact", ("phone_e164", "phone_ext"), written,
        type="phone", length=40,
    ),
    Derived("line_type.label", "Line type in words", "Contact", ("line_type",), _line, length=20),
    Derived(
        "risk.label", "SMS risk in words", "Contact", ("sms_pumping_risk_level",), _risk, length=6
    ),
    Derived("tags", "Tags", "Contact", (), lambda: (), type="options"),
)  # fmt: skip
OF_ITS_COMPANY = (
    Derived(
        "company.label", "Name, or domain", "Company", _EITHER,
        lambda name, domain: name or domain or "", length=255,
    ),
    Derived("lead.segment.label", "Segment in words", "Lead score", ("lead.segment",), _segment,
            length=40),
)  # fmt: skip
OF_COMPANY = (
    Derived(
        "label", "Name, or domain", "Company", ("name", "domain"),
        lambda name, domain: name or domain or "", length=255,
    ),
    Derived("lead.segment.label", "Segment in words", "Lead score", ("lead.segment",), _segment,
            length=40),
)  # fmt: skip
OF_REFERRAL = (
    Derived(
        "referral.source", "Partner Center, or import", "Referral", ("referral.id",),
        lambda id_: "Partner Center" if id_ else "Import", length=14,
    ),
)  # fmt: skip
