"""DNS: who takes a domain's mail, and how far it is guarded against forged senders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from integrations.auth import NO_AUTH
from integrations.firm_domains import firm_domain
from integrations.provider import (
    FREE,
    SECOND,
    Api,
    Ask,
    Fact,
    Gather,
    Provider,
    Question,
    Rate,
    Reply,
    Switch,
    days,
)
from integrations.providers.dns.dmarc import dmarc_records, read_dmarc
from integrations.providers.dns.following import UNKNOWN as UNSEEN
from integrations.providers.dns.following import Followed, Resolving, follow_spf
from integrations.providers.dns.mail import (
    AUTODISCOVER,
    BEHIND,
    Mail,
    ending,
    organisation,
    read_mail,
)
from integrations.providers.dns.resolving import SWITCHES, UNKNOWN, Records, Resolver, first
from integrations.providers.dns.spf import read_spf, spf_records
from integrations.providers.dns.tags import is_key
from integrations.reading import Reader

READ = Reader("DNS")
# What a resolver says is what the domain's owner publishes; who is behind a gateway is inferred.
SURE, INFERRED = 0.98, 0.7
MOST_COUNTED = 100
# A record that nobody could read is looked for again as soon as this.
UNSURE_FOR = timedelta(hours=1)

DNS = Provider(
    slug="dns",
    label="DNS",
    docs="https://developers.google.com/speed/public-dns/docs/doh/json",
    base_url="https://dns.google",
    auth=NO_AUTH,
    secrets=(),
    # Google allows 1,500 queries a second and address (…/docs/isp); each query takes a permit.
    rate=Rate(100, per=SECOND),
    timeout_s=6.0,
    circuit_fail_max=10,
    switches=(
        *SWITCHES,
        Switch(
            "selectors",
            "DKIM selectors",
            "selector1,google,default,k1",
            hint="Names under which DKIM keys are looked for, with commas; empty asks for none.",
        ),
    ),
)


class Seen(NamedTuple):
    """What the records of one domain came to; a Records that is not known stays unsaid."""

    mx: Records
    spf: Records
    followed: Followed
    dmarc: Records
    is_of_organisation: bool
    dkim: bool | None
    mail: Mail


async def _ask_each(api: Api, asks: Sequence[Ask]) -> Sequence[Reply]:
    return [await _mail(api, ask.question) for ask in asks]


async def _mail(api: Api, q: Question) -> Reply:
    """Return what can be said; raises the resolver's failure where it answered nothing at all."""
    domain = firm_domain(q.domain, DNS.label)
    resolver = Resolver(api, READ)
    seen = await _look(resolver, domain, str(api.options.get("selectors", "")))
    if resolver.knows_nothing and resolver.failure:
        raise resolver.failure
    is_sure = seen.mx.is_known and seen.spf.is_known and seen.dmarc.is_known
    is_sure = is_sure and seen.followed.level != UNSEEN
    return Reply(_facts(seen), resolver.said, fresh_for=None if is_sure else UNSURE_FOR)


async def _look(resolver: Resolver, domain: str, selectors: str) -> Seen:
    mx = await resolver.look(domain, "MX")
    if resolver.knows_nothing:
        return Seen(mx, UNKNOWN, Followed(UNSEEN), UNKNOWN, False, None, Mail())
    spf = await resolver.look(domain, "TXT")
    followed = await follow_spf(resolver, domain, spf.found)
    dmarc, is_of_organisation = await _dmarc(resolver, domain)
    dkim = await _dkim(resolver, domain, selectors)
    mail = read_mail(domain, mx.found, read_spf(spf.found).includes)
    if mail.provider == BEHIND:
        aliases = await resolver.look(f"autodiscover.{domain}", "CNAME")
        if ending(first(aliases.found), {AUTODISCOVER: "yes"}):
            mail = Mail(mail.host, "microsoft_365", mail.gateway)
    return Seen(mx, spf, followed, dmarc, is_of_organisation, dkim, mail)


async def _dmarc(resolver: Resolving, domain: str) -> tuple[Records, bool]:
    """Return the texts of the domain, else of its organisation (RFC 7489 §6.6.3).

    A domain with a record of its own inherits nothing, even where that record says nothing.
    """
    own = await resolver.look(f"_dmarc.{domain}", "TXT")
    above = organisation(domain)
    if above == domain or not own.is_known or dmarc_records(own.found):
        return own, False
    return await resolver.look(f"_dmarc.{above}", "TXT"), True


async def _dkim(resolver: Resolver, domain: str, selectors: str) -> bool | None:
    """Tell whether a key stands under a known selector; None where nobody could say."""
    names = [name for each in selectors.split(",") if (name := each.strip())]
    is_known = bool(names)
    for name in names:
        found = await resolver.look(f"{name}._domainkey.{domain}", "TXT")
        if any(map(is_key, found.found)):
            return True
        is_known = is_known and found.is_known
    return False if is_known else None


def _facts(seen: Seen) -> list[Fact]:
    """Return a fact for each record that is known: present and absent alike."""
    facts = []
    if seen.mx.is_known:
        mail = seen.mail
        is_inferred = bool(mail.gateway) and mail.provider != BEHIND
        facts += [
            Fact("company.has_mx", mail.is_taken, SURE),
            Fact("company.mail_provider", mail.provider, INFERRED if is_inferred else SURE),
            Fact("company.mail_gateway", mail.gateway or "none", SURE),
        ]
        facts += [Fact("company.mail_host", mail.host, SURE)] if mail.host else []
    if seen.spf.is_known:
        texts = spf_records(seen.spf.found)
        facts.append(Fact("company.has_spf", bool(texts), SURE))
        facts += _spf_facts(texts, seen.followed) if texts else []
    if seen.dmarc.is_known:
        dmarc = read_dmarc(seen.dmarc.found, of_subdomain=seen.is_of_organisation)
        facts.append(Fact("company.has_dmarc", dmarc is not None, SURE))
        if dmarc:
            facts.append(Fact("company.dmarc_policy", dmarc.policy, SURE))
            facts.append(Fact("company.dmarc_percent", dmarc.percent, SURE))
    if seen.dkim is not None:
        facts.append(Fact("company.has_dkim", seen.dkim, SURE))
    return facts


def _spf_facts(texts: Sequence[str], followed: Followed) -> list[Fact]:
    level = Fact("company.spf_level", followed.level, SURE)
    facts = [Fact("company.spf", "\n".join(texts), SURE), level]
    if followed.lookups is not None:
        facts.append(Fact("company.spf_lookups", min(followed.lookups, MOST_COUNTED), SURE))
    return facts


DNS.add(
    "mail",
    {"company.domain"},
    {
        "company.has_mx", "company.mail_host", "company.mail_provider", "company.mail_gateway",
        "company.has_spf", "company.spf", "company.spf_level", "company.spf_lookups",
        "company.has_dmarc", "company.dmarc_policy", "company.dmarc_percent", "company.has_dkim",
    },
    FREE,
    days(7),
    label="Mail set-up",
    note="About ten queries for a domain, and up to ten for what its SPF includes; what a server"
    " did not answer stays unknown.",
    gather=Gather("mail", "company.domain", _ask_each, lambda options: 1),
)  # fmt: skip


@DNS.tests
async def ask_for_a_name(api: Api) -> str:
    """Return whether the resolver answers for a name that always exists (RFC 2606)."""
    resolver = Resolver(api, READ)
    found = await resolver.look("example.com", "A")
    if resolver.failure:
        raise resolver.failure
    return "The DNS resolver answers." + ("" if found.is_known else " It could not look a name up.")
