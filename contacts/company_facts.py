"""What is known of a company, as its page tells it: in groups, in words, with who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.dateparse import parse_date

from contacts.models import Company

# What a company's page tells, in groups and in the order in which it is read.
GROUPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("Who they are", {
        "name": "Name", "domain": "Domain", "legal_name": "Legal name", "company_type": "Type",
        "industry": "Industry", "category": "Kind of business", "description": "What they do",
        "founded_year": "Founded", "employee_count": "Employees",
        "employee_range": "Employees, about", "annual_revenue_usd": "Revenue (USD a year)",
        "revenue_range": "Revenue, about", "tags": "Known for", "technologies": "Technologies",
        "rating": "Rating (0 to 5)", "review_count": "Reviews", "is_closed": "Closed for good",
        "external_id": "Id in the source",
    }),
    ("Where they are", {
        "website": "Website", "phone": "Phone", "address_line": "Street and number",
        "city": "City", "state": "State", "postal_code": "Postal code", "country": "Country",
        "latitude": "Latitude", "longitude": "Longitude", "linkedin_url": "LinkedIn",
        "twitter_url": "X (Twitter)", "facebook_url": "Facebook",
        "email_pattern": "Form of their addresses", "google_place_id": "Google place id",
        "yelp_id": "Yelp id",
    }),
    ("Their domain", {
        "has_mx": "Takes mail", "mail_host": "Mail host", "mail_provider": "Mail provider",
        "mail_gateway": "Mail gateway", "has_spf": "SPF", "spf": "SPF record",
        "spf_level": "SPF with all it includes", "spf_lookups": "Queries it costs (10 are allowed)",
        "has_dkim": "DKIM (known selectors)", "has_dmarc": "DMARC", "dmarc_policy": "DMARC policy",
        "dmarc_percent": "DMARC for (percent)", "registrar": "Registrar",
        "domain_created_on": "Registered on", "domain_expires_on": "Expires on",
        "name_servers": "Name servers", "ip_address": "Address on the net",
        "hosting_provider": "Hosted by", "hosting_country": "Hosted in",
    }),
    ("Twilio Trust Hub", {
        "trust_status": "Status", "trust_score": "Score (0 to 100)",
        "trust_failures": "What is missing", "trust_profile_sid": "Profile",
        "trust_checked_at": "Checked",
    }),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A company's field as its page shows it, with what provenance says of it."""

    label: str
    value: str
    source: str
    at: str

    @property
    def said_by(self) -> str:
        """Who says so and since when; "" where nobody wrote it down."""
        return ", ".join(filter(None, (self.source, self.at)))


def facts_of(
    company: Company, words: Mapping[str, str] | None = None
) -> list[tuple[str, list[Known]]]:
    """Return what is known of a company, in groups; a group of which nothing is known is left out.

    The name and the domain are there in any case. `words` tells what sources are called, by the
    text that provenance keeps; others are called as it says.
    """
    found = []
    for title, labels in GROUPS:
        rows = [
            _known(label, value, company.provenance.get(name) or {}, words or {})
            for name, label in labels.items()
            if (value := getattr(company, name)) not in (None, "") or name in ("name", "domain")
        ]
        if rows:
            found.append((title, rows))
    return found


def _known(label: str, value: Any, fact: Mapping[str, Any], words: Mapping[str, str]) -> Known:
    by, at = str(fact.get("by", "")), parse_date(str(fact.get("at", ""))[:10])
    return Known(label, _shown(value), words.get(by) or _source(by), _shown(at))


def _source(by: str) -> str:
    kind, colon, name = by.partition(":")
    if not colon:
        return kind
    return name if kind == "person" else f"import {name}"


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return f"{formats.date_format(timezone.localtime(value), 'j M Y, H:i')} UTC"
    if isinstance(value, date):
        return formats.date_format(value, "j M Y")
    return f"{value:,}" if isinstance(value, int) and value > 9999 else str(value)
