"""Limits by where a request comes from."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings

from webhooks.arrival import TooMany
from webhooks.limits.counts import Claim, counts


def client_of(environ: Mapping[str, Any]) -> str:
    """Return whom a request is counted to: an IPv4 address, or the 64 bits of an IPv6 network.

    Behind a proxy it is the last of X-Forwarded-For, which the proxy itself has written.
    """
    given = environ.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        told = environ.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        given = told or given
    try:
        found = ip_address(given.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ip_network((found, 64), strict=False).network_address)
    return str(found)


def admit(client: str) -> None:
    """Count a request of a sender that does not sign. Raises TooMany."""
    wait_s = counts().claim(
        Claim(f"wrong:{client}", settings.WEBHOOKS_WRONG_PER_MINUTE - 1, adds=0),
        Claim(f"from:{client}", settings.WEBHOOKS_PER_MINUTE),
    )
    if wait_s:
        raise TooMany("too many requests from this address", retry_after_s=wait_s)


def mark_wrong(client: str) -> None:
    """Count a request without a good proof. Raises TooMany where there were too many of them."""
    most = settings.WEBHOOKS_WRONG_PER_MINUTE
    if wait_s := counts().claim(Claim(f"wrong:{client}", most, is_forced=True)):
        raise TooMany("too many requests without a good proof", retry_after_s=wait_s)
