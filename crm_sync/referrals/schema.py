"""Reads a referral as Partner Center documents it; whatever else is in it is kept, and no harm.

Documented in "Referral resources" (learn.microsoft.com) and, for newer fields, in the connector's
own description (github.com/microsoft/PowerPlatformConnectors, partnercenterreferrals).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import orjson

from crm_sync.referrals.domains import domains_of
from crm_sync.referrals.reading import amount, clean, flag, lines, moment, rows, text

# What changes although the referral does not.
PASSING = ("links", "@odata.context", "@odata.etag", "@odata.type", "@odata.id")
OF_MICROSOFT = ("msft", "microsoft")


@dataclass(frozen=True, slots=True)
class Member:
    """One of the customer's people, or of the partners' and Microsoft's."""

    first_name: str
    last_name: str
    phone: str
    email: str

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Parsed:
    """A referral as it was told, in our names; times are UTC, "" and None where nothing is told.

    `values` are the fields of `models.Referral` of the same names.
    """

    id: str
    values: Mapping[str, Any]

    @property
    def updated_at(self) -> datetime | None:
        found: datetime | None = self.values["updated_there_at"]
        return found

    @property
    def is_incoming(self) -> bool:
        """False only where it says that it is not: the documentation's own sample says nothing."""
        return str(self.values["direction"]).lower() in ("", "incoming")


def parse(body: Any) -> Parsed:
    """Return what a referral says. Raises ValueError for what has no id, never anything else."""
    id_ = text(body, "id", limit=100)
    if not id_:
        raise ValueError("a referral without an id")
    raw = clean({key: value for key, value in body.items() if key not in PASSING})
    found = domains_of(body)
    values = {
        **_texts(body), **_times(body), **_deal(body),
        "kind": kind_of(body),
        "domain": found[0].domain if found else "",
        "domain_from": found[0].source if found else "",
        "domains": [one.domain for one in found],
        "emails": emails_of(body),
        "may_contact": flag(body, "consent", "consentToContact"),
        "may_share": may_share(body),
        "tenant_id": tenant_of(body),
        "raw": raw,
        "content_hash": hash_of(raw),
    }  # fmt: skip
    return Parsed(id_, values)


def people_of(body: Any) -> list[Member]:
    """Return the customer's people, as documented."""
    return [_member(one) for one in rows(body, "customerProfile", "team")]


def partners_of(body: Any) -> list[Member]:
    """Return who works on it of the partners and of Microsoft."""
    return [_member(one) for one in rows(body, "team")]


def notes_of(body: Any) -> str:
    """Return what the customer, and whoever has invited us, wrote."""
    said = (lines(body, "details", "notes"), lines(body, "inviteContext", "notes"))
    return "\n\n".join(dict.fromkeys(filter(None, said)))[:5000]


def kind_of(body: Any) -> str:
    """Return a `Referral.Kind`, derived as the API documents its three kinds (reference §8.5).

    Independent, direct, from nobody or Microsoft: a marketplace lead. Independent, qualified by
    marketing or sales, from Microsoft: a qualified lead. Shared, or qualified by sales or not at
    all and from a partner: co-sell.
    """
    type_, quality = text(body, "type").lower(), text(body, "qualification").lower()
    inviter = inviter_of(body)
    if type_ == "independent" and quality == "direct" and inviter != "partner":
        return "marketplace"
    qualified = quality in ("salesqualified", "marketingqualified")
    if type_ == "independent" and qualified and inviter == "microsoft":
        return "qualified"
    by_partner = inviter == "partner" and quality in ("salesqualified", "none", "")
    if type_ == "shared" or (type_ == "independent" and by_partner):
        return "co_sell"
    return "other"


def inviter_of(body: Any) -> str:
    """Return who has sent it: "microsoft", "partner", or "" where nobody is told."""
    id_ = text(body, "inviteContext", "invitedBy", "organizationId").lower()
    name = text(body, "inviteContext", "invitedBy", "organizationName").lower()
    if not id_ and not name:
        return ""
    return "microsoft" if id_ in OF_MICROSOFT or name == "microsoft" else "partner"


def emails_of(body: Any) -> list[str]:
    """Return the addresses of the customer's people in lower case, each once."""
    said = [one.email.lower() for one in people_of(body)]
    return list(dict.fromkeys(one for one in said if "@" in one))


def tenant_of(body: Any) -> str:
    """Return the customer's Azure tenant, where some version of the API tells it."""
    for one in rows(body, "customerProfile", "ids"):
        for key, value in one.items():
            if "tenant" in str(key).lower() and isinstance(value, str):
                return text({"id": value}, "id", limit=40)
        if "tenant" in text(one, "profileType").lower():
            return text(one, "id", limit=40)
    return text(body, "azureTenantId", limit=40)


def may_share(body: Any) -> bool | None:
    """Return consent to share; the field is really spelled so, and may be mended some day."""
    told = flag(body, "consent", "consentToToShareInfoWithOthers")
    return flag(body, "consent", "consentToShareInfoWithOthers") if told is None else told


def hash_of(raw: Any) -> str:
    return blake2b(orjson.dumps(raw, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def _texts(body: Any) -> dict[str, str]:
    return {
        "engagement_id": text(body, "engagementId", limit=100),
        "name": text(body, "name"),
        "type": text(body, "type", limit=40),
        "qualification": text(body, "qualification", limit=40),
        "direction": text(body, "direction", limit=20),
        "status": text(body, "status", limit=40),
        "substatus": text(body, "substatus", limit=40),
        "status_reason": text(body, "statusReason", limit=500),
        "customer_name": text(body, "customerProfile", "name") or text(body, "companyName"),
        "country": text(body, "customerProfile", "address", "country", limit=100),
        "external_reference_id": text(body, "externalReferenceId"),
        "etag": text(body, "eTag") or text(body, "@odata.etag"),
    }


def _times(body: Any) -> dict[str, datetime | None]:
    return {
        "created_there_at": moment(body, "createdDateTime"),
        "updated_there_at": moment(body, "updatedDateTime"),
        "expires_at": moment(body, "expirationDateTime"),
        "accepted_at": moment(body, "acceptedDateTime"),
        "closes_at": moment(body, "details", "closingDateTime"),
    }


def _deal(body: Any) -> dict[str, Decimal | str | None]:
    currency = text(body, "details", "currency")
    return {
        "deal_value": amount(body, "details", "dealValue"),
        "currency": currency.upper() if len(currency) == 3 else "",
    }


def _member(body: Any) -> Member:
    return Member(
        text(body, "firstName", limit=100), text(body, "lastName", limit=100),
        text(body, "phoneNumber", limit=64), text(body, "email", limit=254),
    )  # fmt: skip
