"""RDAP and WHOIS: who registered a domain where, since when, until when, and its name servers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from integrations.auth import NO_AUTH
from integrations.errors import (
    CallError,
    ContractBroken,
    NotFound,
    QuestionRejected,
    Rejected,
    Throttled,
    Transient,
)
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
from integrations.providers.dns.mail import organisation
from integrations.providers.rdap.servers import PHRASES, WHOIS, hosts, rdap_ending
from integrations.providers.rdap.whois import (
    Registration,
    is_nothing,
    is_refusal,
    read_date,
    read_whois,
)
from integrations.reading import Body, Reader

READ = Reader("RDAP")
RDAP_JSON = {"Accept": "application/rdap+json"}
# A registry's own word, and a text that was read line by line.
SURE, READ_FROM_TEXT = 0.98, 0.9
MOST_SERVERS = 500  # characters that the column of name servers holds
# What a registry did not say today may stand there tomorrow.
UNSURE_FOR = timedelta(days=1)


def classify(status: int, body: Any, headers: Mapping[str, str]) -> CallError | None:
    """Return what RDAP means by its own statuses (RFC 7480 §5).

    404 is a domain that nobody registered. A redirect leads to a server that we do not know, so
    nothing is sent there: WHOIS is asked instead. 403 is a client that asked too much.
    """
    if status == 404:
        return NotFound("RDAP: nobody has registered the domain")
    if status == 403:
        return Throttled("RDAP: the server turns us away", status=status)
    if 300 <= status < 400:
        return ContractBroken("RDAP: the server points to another", status=status)
    return None


REGISTRY = Provider(
    slug="rdap",
    label="RDAP and WHOIS",
    docs="https://about.rdap.org/",
    base_url="https://rdap.org",
    auth=NO_AUTH,
    secrets=(),
    # Registries publish no figure and turn away who asks often.
    rate=Rate(5, per=SECOND),
    max_in_flight=10,
    timeout_s=8.0,
    circuit_fail_max=10,
    classify=classify,
    hosts=hosts(),
    switches=(
        Switch(
            "is_whois_asked",
            "Ask WHOIS where RDAP cannot answer",
            True,
            hint="Over port 43, which some networks do not let out.",
        ),
    ),
)


async def _ask_each(api: Api, asks: Sequence[Ask]) -> Sequence[Reply]:
    return [await _domain(api, ask.question) for ask in asks]


async def _domain(api: Api, q: Question) -> Reply:
    """Return the registration by RDAP, else by WHOIS; raises what kept both from answering."""
    domain = organisation(firm_domain(q.domain, REGISTRY.label))
    ending, served = domain.rpartition(".")[2], rdap_ending(domain)
    is_whois_asked = bool(api.options.get("is_whois_asked")) and ending in WHOIS
    if not served and not is_whois_asked:
        raise QuestionRejected(
            f"{REGISTRY.label}: company.domain ends in .{ending}, whose registry we do not know",
            code="company.domain",
        )
    if served:
        try:
            return await _by_rdap(api, served, domain)
        except NotFound:
            raise
        except (Transient, Throttled, Rejected, ContractBroken):
            if not is_whois_asked:
                raise
    return await _by_whois(api, ending, domain)


async def _by_rdap(api: Api, ending: str, domain: str) -> Reply:
    body = READ.body(await api.get(f"{ending}:/domain/{domain}", headers=RDAP_JSON))
    found = registration_of(body)
    return Reply(_facts(found, SURE), _kept(found, "rdap"), fresh_for=_age(found))


async def _by_whois(api: Api, ending: str, domain: str) -> Reply:
    text = await api.ask_line(f"whois.{ending}", PHRASES.get(ending, "{}").format(domain))
    if is_refusal(text):
        raise Throttled(f"{REGISTRY.label}: the WHOIS host of .{ending} turns us away")
    found = read_whois(text)
    if not found and is_nothing(text):
        return Reply(raw={"by": "whois", "found": False})
    if not found:
        raise ContractBroken(f"{REGISTRY.label}: the WHOIS host of .{ending} says nothing we know")
    return Reply(_facts(found, READ_FROM_TEXT), _kept(found, "whois"), fresh_for=_age(found))


def registration_of(body: Body) -> Registration:
    """Return the registration in an RDAP answer (RFC 9083 §5.3). Raises ContractBroken."""
    if READ.text(body, "objectClassName").lower() != "domain":
        raise ContractBroken("RDAP: the answer is about no domain")
    events = {
        READ.text(one, "eventAction").lower(): read_date(READ.text(one, "eventDate"))
        for one in READ.parts(body, "events")
    }
    servers = (READ.text(one, "ldhName") for one in READ.parts(body, "nameservers"))
    return Registration(
        registrar=_registrar(body)[:150],
        created_on=events.get("registration"),
        expires_on=events.get("expiration"),
        name_servers=tuple(name.lower().rstrip(".") for name in servers if name),
    )


def _registrar(body: Body) -> str:
    """Return the name of the entity whose role is registrar, from its jCard (RFC 7095)."""
    for entity in READ.parts(body, "entities"):
        if "registrar" not in READ.texts(entity, "roles"):
            continue
        card = entity.get("vcardArray")
        rows = card[1] if isinstance(card, list) and len(card) > 1 else []
        named = {
            row[0]: row[3]
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, list)
            and len(row) > 3
            and isinstance(row[0], str)
            and isinstance(row[3], str)
        }
        if name := named.get("fn") or named.get("org"):
            return name.strip()
    return ""


def _facts(found: Registration, sure: float) -> list[Fact]:
    servers = ", ".join(found.name_servers)
    said = [
        ("company.registrar", found.registrar),
        ("company.domain_created_on", found.created_on and found.created_on.isoformat()),
        ("company.domain_expires_on", found.expires_on and found.expires_on.isoformat()),
        ("company.name_servers", servers[:MOST_SERVERS]),
    ]
    return [Fact(name, value, sure) for name, value in said if value]


def _kept(found: Registration, by: str) -> dict[str, Any]:
    """Return what is kept of the words: nothing of the registrant, who may be a person."""
    return {
        "by": by,
        "registrar": found.registrar,
        "created_on": found.created_on and found.created_on.isoformat(),
        "expires_on": found.expires_on and found.expires_on.isoformat(),
        "name_servers": list(found.name_servers),
    }


def _age(found: Registration) -> timedelta | None:
    return None if found.expires_on else UNSURE_FOR


REGISTRY.add(
    "domain",
    {"company.domain"},
    {
        "company.registrar", "company.domain_created_on", "company.domain_expires_on",
        "company.name_servers",
    },
    FREE,
    days(14),
    miss_fresh_for=days(7),
    label="Registration",
    note="RDAP where the registry has it, else WHOIS; nothing of the registrant is kept.",
    gather=Gather("domain", "company.domain", _ask_each, lambda options: 1),
)  # fmt: skip


@REGISTRY.tests
async def ask_about_a_registry(api: Api) -> str:
    """Return whether a registry answers about a domain that is always there (RFC 2606)."""
    found = registration_of(READ.body(await api.get("com:/domain/example.com", headers=RDAP_JSON)))
    return f"The .com registry answers over RDAP; example.com is there since {found.created_on}."
