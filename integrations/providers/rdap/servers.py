"""Whom to ask about a domain, by its last labels: RDAP servers, and WHOIS hosts for the rest.

RDAP servers are those of `dns.json`, which has the form of IANA's bootstrap registry and is renewed
by `manage.py refresh_rdap`. WHOIS has no such registry: its hosts are IANA's (whois.iana.org), as
of November 2026. An ending in neither is answered by nobody, until it is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from integrations.providers.rdap.bootstrap import read_bootstrap

FILE = Path(__file__).with_name("dns.json")
RDAP: Mapping[str, str] = {
    **read_bootstrap(FILE.read_bytes()).servers,
    "test": "https://rdap.nic.test",  # of the sandbox; RFC 6761 keeps the ending for tests
}
WHOIS: Mapping[str, str] = {
    "com": "whois.verisign-grs.com",
    "net": "whois.verisign-grs.com",
    "org": "whois.publicinterestregistry.org",
    "tr": "whois.trabis.gov.tr",
    "de": "whois.denic.de",
    "io": "whois.nic.io",
    "co": "whois.registry.co",
    "us": "whois.nic.us",
    "uk": "whois.nic.uk",
    "eu": "whois.eu",
    "fr": "whois.nic.fr",
    "nl": "whois.domain-registry.nl",
    "be": "whois.dns.be",
    "at": "whois.nic.at",
    "ch": "whois.nic.ch",
    "it": "whois.nic.it",
    "es": "whois.nic.es",
    "se": "whois.iis.se",
    "dk": "whois.punktum.dk",
    "pl": "whois.dns.pl",
    "ru": "whois.tcinet.ru",
    "in": "whois.nixiregistry.in",
    "cn": "whois.cnnic.cn",
    "jp": "whois.jprs.jp",
    "mx": "whois.mx",
    "test": "whois.nic.test",
}
# How a host wants to be asked where the bare name is not enough.
PHRASES: Mapping[str, str] = {
    "com": "domain {}",  # else hosts of that name are found as well
    "net": "domain {}",
    "de": "-T dn,ace {}",
    "jp": "{}/e",
    "dk": "--show-handles {}",
}


def rdap_ending(domain: str) -> str:
    """Return the longest end of a domain that has an RDAP server (RFC 9224 §4), "" for none."""
    labels = domain.split(".")
    ends = (".".join(labels[at:]) for at in range(1, len(labels)))
    return next((end for end in ends if end in RDAP), "")


def hosts() -> dict[str, str]:
    """Return every server by the name that a path or a line begins with: "com", "whois.tr"."""
    return {**RDAP, **{f"whois.{end}": f"whois://{host}" for end, host in WHOIS.items()}}
