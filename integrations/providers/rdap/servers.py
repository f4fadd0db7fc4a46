"""Whom to ask about a domain, by its last label: RDAP servers, and WHOIS hosts for the rest.

RDAP is the part of IANA's bootstrap registry (data.iana.org/rdap/dns.json, RFC 9224) that we have
looked at, November 2026; WHOIS hosts are IANA's (whois.iana.org). An ending in neither list is
answered by nobody, until it is added here.
"""

from __future__ import annotations

from collections.abc import Mapping

_IDENTITY_DIGITAL = "https://rdap.identitydigital.services/rdap"
_GOOGLE = "https://pubapi.registry.google/rdap"

RDAP: Mapping[str, str] = {
    "com": "https://rdap.verisign.com/com/v1",
    "net": "https://rdap.verisign.com/net/v1",
    "cc": "https://tld-rdap.verisign.com/cc/v1",
    "tv": "https://rdap.nic.tv",
    "org": "https://rdap.publicinterestregistry.org/rdap",
    "info": _IDENTITY_DIGITAL,
    "io": _IDENTITY_DIGITAL,
    "ai": _IDENTITY_DIGITAL,
    "dev": _GOOGLE,
    "app": _GOOGLE,
    "page": _GOOGLE,
    "xyz": "https://rdap.centralnic.com/xyz",
    "top": "https://rdap.nic.top",
    "uk": "https://rdap.nominet.uk/uk",
    "fr": "https://rdap.nic.fr",
    "nl": "https://rdap.sidn.nl",
    "br": "https://rdap.registro.br",
    "cz": "https://rdap.nic.cz",
    "no": "https://rdap.norid.no",
    "fi": "https://rdap.fi/rdap/rdap",
    "pl": "https://rdap.dns.pl",
    "ca": "https://rdap.ca.fury.ca/rdap",
    "au": "https://rdap.cctld.au/rdap",
    "id": "https://rdap.pandi.id/rdap",
    "ar": "https://rdap.nic.ar",
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


def hosts() -> dict[str, str]:
    """Return every server by the name that a path or a line begins with: "com", "whois.tr"."""
    return {**RDAP, **{f"whois.{end}": f"whois://{host}" for end, host in WHOIS.items()}}
