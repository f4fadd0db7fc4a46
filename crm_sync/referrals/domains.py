"""Which domains a referral's customer may have, in one order, and none that is not a company's."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from crm_sync.referrals.reading import rows, text
from integrations.firm_domains import claimed_domain
from integrations.providers.dns.mail import organisation

# Microsoft's people write from these, and every tenant has a name under the second.
MICROSOFT = ("microsoft.com", "onmicrosoft.com")
# None of them is documented; some partners' programs put them in.
WEBSITES = (
    ("customerProfile", "website"), ("customerProfile", "companyWebsite"), ("website",),
    ("companyWebsite",), ("details", "website"),
)  # fmt: skip
CONTACTS = (
    ("contact", "email"), ("details", "contact", "email"),
    ("customerProfile", "primaryContact", "email"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A registrable domain and where it stood: "contact", "team", "external", "website", "email".

    A team is the customer's people; the top-level team, which is Partner Center's and ours, is
    what nothing is taken from.
    """

    domain: str
    source: str


def domains_of(body: Any) -> list[Found]:
    """Return the customer's domains, the surest first, each once.

    The order is that of the reference, §8.4: a contact, the customer's team, the customer's id in
    the partner's system where it is an address, websites, an address of its own. Consumer mail,
    hosts of many firms and the domains of partners and Microsoft are left out wherever they stand.
    """
    not_theirs = {domain_in(text(one, "email")) for one in rows(body, "team")}
    found: dict[str, Found] = {}
    for source, said in _said(body):
        domain = domain_in(said)
        if domain and domain not in not_theirs:
            found.setdefault(domain, Found(domain, source))
    return list(found.values())


def domain_in(said: str) -> str:
    """Return the registrable domain of an e-mail or web address; "" where it is no company's."""
    claimed = claimed_domain(said.removeprefix("mailto:").strip("<> "))
    domain = organisation(claimed) if claimed else ""
    return "" if _is_under(domain, MICROSOFT) else domain


def _said(body: Any) -> Iterator[tuple[str, str]]:
    for path in CONTACTS:
        yield "contact", text(body, *path)
    for member in rows(body, "customerProfile", "team"):
        yield "team", text(member, "email")
    for one in rows(body, "customerProfile", "ids"):
        yield "external", _address(text(one, "External"))
        if text(one, "profileType").lower() == "external":
            yield "external", _address(text(one, "id"))
    for website in WEBSITES:
        yield "website", text(body, *website)
    yield "email", text(body, "email")


def _address(text: str) -> str:
    """Return an id only where it is plainly an address: "acme.17" is a number of somebody's."""
    is_one = "://" in text or "@" in text or text.lower().startswith("www.")
    return text if is_one else ""


def _is_under(domain: str, names: Collection[str]) -> bool:
    return any(domain == name or domain.endswith(f".{name}") for name in names)
