"""What people read about leads: providers, signals and their values, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from enrichment.models import LeadChange, LeadScore

PROVIDERS = {
    "microsoft_365": "Microsoft 365", "google_workspace": "Google Workspace", "zoho": "Zoho",
    "yandex": "Yandex", "fastmail": "Fastmail", "proton": "Proton", "icloud": "iCloud",
    "hosting": "Web host", "own": "Own server", "other": "Another server",
    "gateway": "Behind a gateway", "amazon": "Amazon", "sendgrid": "SendGrid",
    "mailgun": "Mailgun", "none": "Takes no mail", "unknown": "Not known yet", "": "Not known yet",
}  # fmt: skip
SIGNALS = {
    "provider": "Mail provider", "spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC",
    "expiry": "Domain's expiry",
}  # fmt: skip
VALUES: Mapping[str, Mapping[str, str]] = {
    "provider": PROVIDERS,
    "spf": {
        "absent": "No record", "broken": "A record that receivers refuse",
        "open": "Lets every sender in", "soft": "Marks other senders",
        "strict": "Refuses other senders",
    },
    "dkim": {"absent": "No key under a known selector", "present": "A key is published"},
    "dmarc": {
        "absent": "No record", "none": "Only watches", "quarantine": "Puts forgeries aside",
        "reject": "Refuses forgeries",
    },
    "expiry": {"expired": "Has expired", "soon": "Within 30 days", "later": "Later"},
    "segment": dict(LeadScore.Segment.choices),
}  # fmt: skip
NOT_YET = "Not known yet"


def provider(slug: str) -> str:
    return PROVIDERS.get(slug, slug)


def value(signal: str, word: str) -> str:
    """Return a signal's value in words; what has none (a host, a score) stands as it is."""
    if word == "unknown":
        return NOT_YET
    return VALUES.get(signal, {}).get(word, word)


def breakdown(lead: LeadScore) -> list[dict[str, Any]]:
    """Return the rows of a lead's breakdown in words."""
    return [
        {
            "signal": SIGNALS.get(row["signal"], row["signal"]),
            "value": value(row["signal"], row["value"]),
            "points": row["points"],
            "most": row["most"],
        }
        for row in lead.reasons
    ]


def in_words(change: LeadChange) -> str:
    """Return a change in a sentence's middle: "SPF: no record, now marks other senders"."""
    kind = change.kind
    old, new = value(kind, change.old), value(kind, change.new)
    return f"{change.get_kind_display()}: {old}, now {new}"
