"""Tells which domains can be a company's, so that nobody is asked about any other for money."""

from __future__ import annotations

import re

from domains.firms import read_firm_domain
from domains.shared_hosts import is_shared
from integrations.errors import QuestionRejected


def firm_domain(domain: str, label: str) -> str:
    """Return the domain as providers want it: lower case, in ASCII, without a last dot.

    `label` names who would be asked. Raises QuestionRejected, which names the field, for an IP
    address, a name without a dot, consumer mail, and punycode that poses as another name.
    """
    found, why = read_firm_domain(domain.strip())
    if why:
        raise QuestionRejected(f"{label}: company.domain {why}", code="company.domain")
    return found


def claimed_domain(address: str) -> str:
    """Return the domain of a website that a provider gives a firm; "" where it names no firm.

    Many small firms give their page in a social network instead, which is not theirs.
    """
    rest = re.sub(r"^[a-z]+://", "", address.strip().lower())
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].partition(":")[0]
    domain, why = read_firm_domain(host.removeprefix("www."))
    return "" if why or is_shared(domain) else domain


def why_unusable(domain: str) -> str:
    """Return why no company can be looked up by this domain, in words; "" when one can."""
    return read_firm_domain(domain.strip())[1]
