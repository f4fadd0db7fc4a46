"""Plays a resolver's DNS over HTTPS in JSON, for the domains of the invented world.

A domain's first label may ask for more: "servfail", "slow", "nullmx", "twospf", "loopspf",
"lostspf", "longspf", "redirectspf", "nomail", "limit" or "down".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson

from integrations.sandbox.faults import FAILED, THROTTLED, Fault
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.world import Firm, firm_at, is_known

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "MX": 15, "TXT": 16, "AAAA": 28}
OK, SERVFAIL, NX_DOMAIN = 0, 2, 3
MAGIC_FAULTS = {"limit": Fault(THROTTLED), "down": Fault(FAILED)}
SENDERS = {
    "mail.protection.outlook.com": "spf.protection.outlook.com",
    "aspmx.l.google.com": "_spf.google.com",
    "mx.zoho.com": "zoho.com",
    "mx.pphosted.com": "spf.protection.outlook.com",
    "mx.own.test": "",
}
# What those senders publish themselves.
INCLUDED = {
    "spf.protection.outlook.com": "v=spf1 ip4:192.0.2.0/25 -all",
    "_spf.google.com": "v=spf1 include:_netblocks.google.com ~all",
    "_netblocks.google.com": "v=spf1 ip4:192.0.2.128/25 ~all",
    "zoho.com": "v=spf1 ip4:198.51.100.0/24 -all",
}
# A domain whose first label is this has such a record instead of its own.
MAGIC_SPF = {
    "loopspf": "v=spf1 include:{domain} -all",
    "lostspf": "v=spf1 include:servfail.test -all",
    "longspf": "v=spf1 a mx a:b.test a:c.test a:d.test a:e.test a:f.test a:g.test a:h.test"
    " include:_spf.google.com -all",
    "redirectspf": "v=spf1 redirect=spf.protection.outlook.com",
}
KEYS = {
    "mail.protection.outlook.com": "selector1",
    "aspmx.l.google.com": "google",
    "mx.pphosted.com": "selector1",
}


class Dns:
    """The resolver's part of the sandbox."""

    slug = "dns"
    lookup = "mail"

    def answer(self, asked: Asked) -> Answer:
        given = asked.params()
        name, kind = given.get("name", "").rstrip(".").lower(), given.get("type", "A").upper()
        if not name or kind not in TYPES:
            return Answer(400, b'{"error":"Invalid query"}')
        prefix, domain = split(name)
        magic = domain.partition(".")[0]
        found = [] if magic == "servfail" else zone(domain).get((prefix, kind), [])
        status = SERVFAIL if magic == "servfail" else OK if found or not prefix else NX_DOMAIN
        rows = [{"name": name, "type": TYPES[kind], "TTL": 300, "data": one} for one in found]
        body: dict[str, Any] = {
            "Status": status, "TC": False, "RD": True, "RA": True, "AD": False, "CD": False,
            "Question": [{"name": name, "type": TYPES[kind]}],
        }  # fmt: skip
        if rows:
            body["Answer"] = rows
        key = f"{name} {kind}"
        hits = (key,) if rows else ()
        return Answer(
            200, orjson.dumps(body), (self.lookup,), (key,), hits, MAGIC_FAULTS.get(magic)
        )

    def throttled(self) -> bytes:
        return b'{"error":"Too many requests"}'

    def failed(self) -> bytes:
        return b'{"error":"Server failure"}'


class Hosting(Dns):
    """The same resolver as it is asked for a website's addresses."""

    slug = "hosting"
    lookup = "place"


def split(name: str) -> tuple[str, str]:
    """Return what stands before a firm's domain ("_dmarc"), and the domain."""
    labels = name.split(".")
    at = 2 if len(labels) > 2 and labels[1] == "_domainkey" else 0
    at = 1 if labels[0] in ("_dmarc", "autodiscover", "www") else at
    return ".".join(labels[:at]), ".".join(labels[at:])


@lru_cache(maxsize=2_000)
def zone(domain: str) -> Mapping[tuple[str, str], list[str]]:
    """Return a domain's records by prefix and type; the same for every asker."""
    if domain in INCLUDED:
        return {("", "TXT"): [f'"{INCLUDED[domain]}"']}
    firm = firm_at(domain)
    die = firm.die("dns")
    magic = domain.partition(".")[0]
    mail_host = "" if magic == "nomail" else firm.mail_host
    records: dict[tuple[str, str], list[str]] = {
        ("", "A"): [f"192.0.2.{1 + die.below(254)}"],
        ("", "AAAA"): [f"2001:db8::{1 + die.below(4000):x}"],
    }
    if magic == "nullmx":
        records["", "MX"] = ["0 ."]
    elif mail_host:
        records.update(_mail(firm, mail_host, is_double=magic == "twospf"))
    if magic in MAGIC_SPF:
        records["", "TXT"] = [f'"{MAGIC_SPF[magic].format(domain=domain)}"']
    return records


def _mail(firm: Firm, host: str, *, is_double: bool) -> Mapping[tuple[str, str], list[str]]:
    die = firm.die("dns.mail")
    own = f"{firm.domain.replace('.', '-')}.{host}" if "outlook" in host else host
    records = {("", "MX"): [f"10 {own}.", f"20 backup.{own}."]}
    if is_known(die, 85):
        include = f" include:{SENDERS[host]}" if SENDERS.get(host) else " mx"
        text = f'"v=spf1{include} {"-all" if is_known(die, 40) else "~all"}"'
        records["", "TXT"] = [text, text] if is_double else [text]
    if is_known(die, 60):
        policy = ("none", "none", "quarantine", "reject")[die.below(4)]
        records["_dmarc", "TXT"] = [f'"v=DMARC1; p={policy}; rua=mailto:d@{firm.domain}"']
    if host in KEYS and is_known(die, 80):
        records[f"{KEYS[host]}._domainkey", "TXT"] = ['"v=DKIM1; k=rsa; p=MIIBIjANBg" "kqhkiG9w"']
    return records
