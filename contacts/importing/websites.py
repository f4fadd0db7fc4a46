"""Which domain a website gives its company, and which it cannot."""

from __future__ import annotations

from functools import lru_cache

from contacts.importing.companies import REMEMBERED, read_domain
from domains.consumer_mail import is_consumer_mail
from domains.firms import read_firm_domain
from domains.shared_hosts import is_shared


@lru_cache(maxsize=REMEMBERED)
def read_website(text: str) -> tuple[str, str]:
    """Return the domain that a website gives its company, and why none where there is none.

    Consumer mail, addresses, and a page on a host of many firms are no company's.
    """
    domain = read_domain(text)
    if not domain:
        return "", "not readable"
    _, why = read_firm_domain(domain)
    if not why and is_shared(domain) and _has_path(text):
        why = "is shared by many firms"
    return ("", why) if why else (domain, "")


def _has_path(text: str) -> bool:
    return "/" in text.strip().rstrip("/").rpartition("//")[2]


def is_mailbox_host(name: str) -> bool:
    """Tell whether a name of a company is none, but where private people have their mail."""
    return "." in name and is_consumer_mail(read_domain(name))
