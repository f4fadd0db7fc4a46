"""Who takes a domain's mail: read from its MX records, by suffixes on the edges of labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

NONE, OWN, OTHER, BEHIND = "none", "own", "other", "gateway"

# The mail of a domain is at …, by the ends of its MX hosts. From the services' own set-up pages.
PROVIDERS: Mapping[str, str] = {
    "mail.protection.outlook.com": "microsoft_365",
    "mx.microsoft": "microsoft_365",
    "mail.protection.partner.outlook.cn": "microsoft_365",
    "protection.office365.us": "microsoft_365",
    "google.com": "google_workspace",
    "googlemail.com": "google_workspace",
    "yandex.net": "yandex",
    "yandex.ru": "yandex",
    "zoho.com": "zoho",
    "zoho.eu": "zoho",
    "zoho.in": "zoho",
    "zoho.com.au": "zoho",
    "zohocorp.com": "zoho",
    "amazonaws.com": "amazon",
    "amazonses.com": "amazon",
    "awsapps.com": "amazon",
    "sendgrid.net": "sendgrid",
    "mailgun.org": "mailgun",
    "messagingengine.com": "fastmail",
    "protonmail.ch": "proton",
    "mail.me.com": "icloud",
    "secureserver.net": "hosting",
    "ionos.com": "hosting",
    "kundenserver.de": "hosting",
    "ovh.net": "hosting",
    "gandi.net": "hosting",
    "one.com": "hosting",
    "hostinger.com": "hosting",
    "titan.email": "hosting",
    "hostgator.com": "hosting",
    "bluehost.com": "hosting",
    "cpanel.net": "hosting",
    "registrar-servers.com": "hosting",
    "privateemail.com": "hosting",
    "emailsrvr.com": "hosting",
    "turkhost.com": "hosting",
    "turkhost.com.tr": "hosting",
    "natro.com": "hosting",
    "natrohost.com": "hosting",
    "turhost.com": "hosting",
    "turhost.com.tr": "hosting",
    "superonline.net": "hosting",
    "superonline.com": "hosting",
    "ttnet.com.tr": "hosting",
    "ttnet.net.tr": "hosting",
    "isimtescil.net": "hosting",
    "isimtescil.com": "hosting",
    "dns.com.tr": "hosting",
}
# What stands before a mailbox and is none.
GATEWAYS: Mapping[str, str] = {
    "pphosted.com": "Proofpoint",
    "ppe-hosted.com": "Proofpoint",
    "mimecast.com": "Mimecast",
    "mimecast.co.za": "Mimecast",
    "barracudanetworks.com": "Barracuda",
    "messagelabs.com": "Symantec",
    "iphmx.com": "Cisco",
    "trendmicro.com": "Trend Micro",
    "trendmicro.eu": "Trend Micro",
    "sophos.com": "Sophos",
    "hornetsecurity.com": "Hornetsecurity",
    "antispameurope.com": "Hornetsecurity",
    "spamexperts.com": "SpamExperts",
    "antispamcloud.com": "SpamExperts",
    "fortimail.com": "Fortinet",
    "mx.cloudflare.net": "Cloudflare",
    "hostedemail.com": "OpenSRS",
    "retarus.com": "Retarus",
    "mailcontrol.com": "Forcepoint",
    "trellix.com": "Trellix",
    "fireeyecloud.com": "Trellix",
}
# Whose senders an SPF record includes tells who is behind a gateway.
SENDERS: Mapping[str, str] = {
    "spf.protection.outlook.com": "microsoft_365",
    "_spf.google.com": "google_workspace",
    "zoho.com": "zoho",
    "zoho.eu": "zoho",
    "_spf.yandex.net": "yandex",
    "messagingengine.com": "fastmail",
    "_spf.protonmail.ch": "proton",
}
AUTODISCOVER = "autodiscover.outlook.com"

_SUFFIXES = PublicSuffixList()


@dataclass(frozen=True, slots=True)
class Mail:
    """Who takes the mail: the host asked first, and the provider and gateway as words.

    `provider` is "none" where no mail is taken (also a null MX, RFC 7505), "own" where the host
    bears the domain's own name, "gateway" where nothing tells who is behind one.
    """

    host: str = ""
    provider: str = NONE
    gateway: str = ""

    @property
    def is_taken(self) -> bool:
        return self.provider != NONE


def organisation(domain: str) -> str:
    """Return the registrable domain, by the Public Suffix List; the domain itself where none is."""
    return _organisation(domain.lower().rstrip("."))


@lru_cache(maxsize=20_000)
def _organisation(domain: str) -> str:
    return _SUFFIXES.privatesuffix(domain) or domain


def hosts_of(data: Sequence[str]) -> list[str]:
    """Return MX hosts, the preferred first, in lower case; the root of a null MX is ""."""
    rows = []
    for text in data:
        preference, _, host = text.strip().partition(" ")
        if preference.isascii() and preference.isdigit():
            rows.append((int(preference), host.strip().lower().rstrip(".")))
    return [host for _, host in sorted(rows)]


def read_mail(domain: str, data: Sequence[str], includes: Sequence[str] = ()) -> Mail:
    """Return who takes a domain's mail, by all its MX records; never raises.

    `includes` are those of its SPF record: they tell who is behind a gateway.
    """
    hosts = [host for host in hosts_of(data) if host]
    if not hosts:
        return Mail()
    gateways = [name for host in hosts if (name := ending(host, GATEWAYS))]
    named = [name for host in hosts if (name := ending(host, PROVIDERS))]
    if gateways:
        behind = {name for each in includes if (name := ending(each, SENDERS))}
        return Mail(hosts[0], behind.pop() if len(behind) == 1 else BEHIND, gateways[0])
    if named:
        return Mail(hosts[0], named[0])
    own = organisation(domain)
    is_own = any(organisation(host) == own for host in hosts)
    return Mail(hosts[0], OWN if is_own else OTHER)


def ending(host: str, table: Mapping[str, str]) -> str:
    """Return what the table has for the longest end of a host's labels, "" for nothing.

    "mx.aku.test" ends in "aku.test" and not in "ku.test".
    """
    labels = host.lower().rstrip(".").split(".")
    ends = (".".join(labels[at:]) for at in range(len(labels)))
    return next((table[end] for end in ends if end in table), "")
