"""What is known of a company's domain, as the rules see it: each signal known, or not yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from contacts.models import Company
from integrations.providers.dns.spf import read_spf

UNKNOWN = "unknown"
SOON = timedelta(days=30)
POLICIES = ("none", "quarantine", "reject")
# The columns of a company that say something here.
COLUMNS = frozenset((
    "domain", "has_mx", "mail_host", "mail_provider", "mail_gateway", "has_spf", "spf", "spf_level",
    "has_dkim",    "has_dmarc", "dmarc_policy", "dmarc_percent", "domain_expires_on",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signals:
    """Words for each signal; "unknown" where nobody could say yet.

    `provider` is "none" where no mail is taken; `percent` (0..100) belongs to the DMARC policy.
    """

    mail: str = UNKNOWN
    mail_host: str = ""
    provider: str = UNKNOWN
    gateway: str = ""
    spf: str = UNKNOWN
    dkim: str = UNKNOWN
    dmarc: str = UNKNOWN
    percent: int = 100
    expiry: str = UNKNOWN
    expires_on: date | None = None

    def words(self) -> Mapping[str, str]:
        """Return the signals that rules ask for, by name."""
        return {
            "mail": self.mail, "provider": self.provider, "spf": self.spf, "dkim": self.dkim,
            "dmarc": self.dmarc, "expiry": self.expiry,
        }  # fmt: skip

    @property
    def is_complete(self) -> bool:
        """Tell whether nothing is missing that decides the segment.

        DKIM is not counted: no known selector says little, and an operator may not ask for any.
        """
        if self.mail == "no":
            return True
        return UNKNOWN not in (self.mail, self.spf, self.dmarc)


def signals_of(company: Company, today: date) -> Signals:
    """Return the signals in a company's columns; a column is believed only where its flag is set.

    A policy that was read before the record went away is no policy.
    """
    mail = _word(company.has_mx, "yes", "no")
    return Signals(
        mail=mail,
        mail_host=company.mail_host if mail == "yes" else "",
        provider=_provider(company),
        gateway=company.mail_gateway if company.mail_gateway != "none" else "",
        spf=_spf(company),
        dkim=_word(company.has_dkim, "present", "absent"),
        dmarc=_dmarc(company),
        percent=100 if company.dmarc_percent is None else company.dmarc_percent,
        expiry=expiry_of(company.domain_expires_on, today),
        expires_on=company.domain_expires_on,
    )


def expiry_of(expires_on: date | None, today: date) -> str:
    """Return "unknown", "expired", "soon" (within 30 days, today counts) or "later"."""
    if expires_on is None:
        return UNKNOWN
    if expires_on < today:
        return "expired"
    return "soon" if expires_on <= today + SOON else "later"


def _word(flag: bool | None, yes: str, no: str) -> str:
    return UNKNOWN if flag is None else yes if flag else no


def _provider(company: Company) -> str:
    if company.has_mx is None:
        return UNKNOWN
    return (company.mail_provider or "other") if company.has_mx else "none"


def _spf(company: Company) -> str:
    if company.has_spf and company.spf:
        return company.spf_level or read_spf(company.spf.split("\n")).level
    return _word(company.has_spf, "open", "absent")


def _dmarc(company: Company) -> str:
    if company.has_dmarc:
        return company.dmarc_policy if company.dmarc_policy in POLICIES else "none"
    return _word(company.has_dmarc, "none", "absent")
