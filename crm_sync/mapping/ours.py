"""Our fields that a mapping can name: of a contact, its company and its lead.

A contact's company is "company.<field>", what the rules say of its domain "lead.<field>". A lead
is a contact with both. For a company its own fields bear no prefix.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from django.db import models

from contacts.exports.columns import COLUMNS
from contacts.models import Company, Contact
from crm_sync.connector import COMPANY, CONTACT, LEAD, Type
from crm_sync.mapping import derived, referred
from crm_sync.models import Referral
from enrichment.models import LeadScore

# Written by a pull: always, only into a record that the pull makes, or never.
Pull = Literal["always", "new", "never"]


@dataclass(frozen=True, slots=True)
class OurField:
    """`path` is the column that holds it, as the ORM names it from the object; "" if computed.

    A computed one is `derive`d from the fields it `needs`. `takes` is the field that a pull writes
    where it is another. `options` are value: label.
    """

    name: str
    label: str
    group: str
    type: Type
    length: int | None = None
    pull: Pull = "never"
    path: str = ""
    needs: tuple[str, ...] = ()
    derive: Callable[..., Any] | None = None
    takes: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


# What people know of a contact and of a company. What only a provider measures is not taken back.
_PEOPLE = frozenset((
    "first_name", "last_name", "full_name", "position", "department", "seniority", "email",
    "linkedin_url", "twitter_url", "facebook_url", "address_line", "city", "state", "postal_code",
    "country",
))  # fmt: skip
_FIRMS = frozenset((
    "name", "legal_name", "company_type", "industry", "category", "description", "founded_year",
    "employee_count", "employee_range", "annual_revenue_usd", "revenue_range", "website", "phone",
    "address_line", "city", "state", "postal_code", "country", "linkedin_url", "twitter_url",
    "facebook_url",
))  # fmt: skip
# By these a record is known here, so they are taken once, when it is made.
_IDENTITY = frozenset(("phone_e164", "phone_ext", "external_id", "domain"))

_CONTACT_LEFT = frozenset((
    "company", "provenance", "revision", "error", "reprocessed_at", "updated_at", "cost_usd",
))  # fmt: skip
_COMPANY_LEFT = frozenset(("name_key", "place_key", "provenance", "revision", "updated_at"))
_LEAD = (
    "readiness", "segment", "priority", "provider", "expiry", "expires_on", "tags", "scored_at",
    "scanned_at",
)  # fmt: skip
_LABELS = {
    "id": "Switchboard id", "annual_revenue_usd": "Revenue, US dollars a year",
    "linkedin_url": "LinkedIn", "twitter_url": "X (Twitter)", "facebook_url": "Facebook",
    "employee_count": "Employees", "employee_range": "Employees, about", "category": "Trade",
    "external_id": "Id in the source", "google_place_id": "Google place id", "spf": "SPF",
    "spf_level": "SPF level", "spf_lookups": "SPF lookups", "has_mx": "Has MX",
    "has_spf": "Has SPF", "has_dkim": "Has DKIM", "has_dmarc": "Has DMARC",
    "dmarc_policy": "DMARC policy", "dmarc_percent": "DMARC percent",
    "ip_address": "IP address", "yelp_id": "Yelp id",
    "email_pattern": "E-mail pattern", "address_line": "Address",
    "trust_status": "Trust Hub status", "provider": "Mail provider",
    "expires_on": "Domain expires on", "expiry": "Domain expiry",
}  # fmt: skip
_GROUP = {CONTACT: "Contact", COMPANY: "Company", LEAD: "Lead score"}


@cache
def catalogue(obj: str) -> Mapping[str, OurField]:
    """Return our fields of an object by name, in the order in which they are offered."""
    if obj == COMPANY:
        found = [
            *_of_company("", ""), *_of_lead("lead__"), *derived_fields(derived.OF_COMPANY),
            *_of_referral(),
        ]  # fmt: skip
    else:
        found = [
            *_of_contact(), *derived_fields(derived.OF_CONTACT),
            *_of_company("company.", "company__"),
            *derived_fields(derived.OF_ITS_COMPANY), *_of_lead("company__lead__"),
            *_of_referral(),
        ]  # fmt: skip
    return {one.name: one for one in found}


def derived_fields(of: tuple[derived.Derived, ...]) -> list[OurField]:
    return [
        OurField(
            one.name, one.label, one.group, one.type, needs=one.needs, derive=one.derive,
            takes=one.takes, pull="always" if one.takes else "never", length=one.length,
        )
        for one in of
    ]  # fmt: skip


def _of_contact() -> list[OurField]:
    ours = [one for one in _columns(Contact) if one.name not in _CONTACT_LEFT]
    return [_one(one, CONTACT, pull=_pull(one.name, _PEOPLE)) for one in ours]


def _of_company(prefix: str, path: str) -> list[OurField]:
    """A company is written back as a company alone, never through one of its contacts."""
    ours = [one for one in _columns(Company) if one.name not in _COMPANY_LEFT]
    return [
        _one(one, COMPANY, prefix, path, "never" if prefix else _pull(one.name, _FIRMS))
        for one in ours
    ]


def _of_lead(path: str) -> list[OurField]:
    columns = {one.name: one for one in _columns(LeadScore)}
    return [_one(columns[name], LEAD, "lead.", path) for name in _LEAD]


def _of_referral() -> list[OurField]:
    columns = {one.name: one for one in _columns(Referral)}
    found = []
    for name, column in referred.FIELDS.items():
        options = {str(value): str(label) for value, label in columns[column].flatchoices}
        type_: Type = "option" if options else "text"
        length = columns[column].max_length
        found.append(
            OurField(name, referred.LABELS[name], "Referral", type_, length, options=options)
        )
    return [*found, *derived_fields(derived.OF_REFERRAL)]


def _columns(model: type[models.Model]) -> list[Any]:
    return [one for one in model._meta.get_fields() if isinstance(one, models.Field)]


def _pull(name: str, known: frozenset[str]) -> Pull:
    if name in known:
        return "always"
    return "new" if name in _IDENTITY else "never"


def _one(column: Any, obj: str, prefix: str = "", path: str = "", pull: Pull = "never") -> OurField:
    options = {str(value): str(label) for value, label in column.flatchoices}
    return OurField(
        prefix + column.name, _label(column.name, obj), _GROUP[obj], _type(column, bool(options)),
        column.max_length, pull, path + column.name, options=options,
    )  # fmt: skip


def _label(name: str, obj: str) -> str:
    if obj == CONTACT and name in COLUMNS:
        return COLUMNS[name].label
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


def _type(column: Any, has_options: bool) -> Type:
    if has_options:
        return "option"
    for ending, type_ in _BY_NAME.items():
        if column.name.endswith(ending):
            return type_
    return next(type_ for kind, type_ in _BY_KIND if isinstance(column, kind))


_BY_NAME: dict[str, Type] = {
    "email": "email", "_url": "url", "website": "url", "phone_e164": "phone", "phone": "phone",
    "revenue_usd": "money",
}  # fmt: skip
_BY_KIND: tuple[tuple[type[models.Field[Any, Any]], Type], ...] = (
    (models.BooleanField, "bool"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.CharField, "text"),
    (models.JSONField, "options"),
    (models.Field, "number"),
)
