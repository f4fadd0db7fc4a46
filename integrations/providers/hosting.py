"""Hosting: the addresses of a domain's website, and by MaxMind's files whose and where they are.

The files are the operator's own (dev.maxmind.com/geoip/docs/databases): GeoLite2 or GeoIP2, "ASN"
or "ISP" for the network and "Country" or "City" for the place. Without them only the address is
told.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import maxminddb

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
from integrations.providers.dns.resolving import SWITCHES, Resolver
from integrations.reading import Reader

log = logging.getLogger(__name__)
READ = Reader("Hosting")
# The resolver's word; MaxMind says that its countries are right for 99.8 % of addresses.
SURE, LOOKED_UP = 0.98, 0.9
NETWORKS = ("GeoIP2-ISP", "GeoIP2-ASN", "GeoLite2-ASN")
PLACES = ("GeoIP2-Country", "GeoIP2-City", "GeoLite2-Country", "GeoLite2-City")

HOSTING = Provider(
    slug="hosting",
    label="Hosting",
    docs="https://dev.maxmind.com/geoip/docs/databases",
    base_url="https://dns.google",
    auth=NO_AUTH,
    secrets=(),
    rate=Rate(100, per=SECOND),
    timeout_s=6.0,
    circuit_fail_max=10,
    switches=(
        *SWITCHES,
        Switch(
            "folder",
            "Folder of MaxMind's files",
            "",
            hint="Where the .mmdb files are, on every worker; empty tells addresses only.",
        ),
    ),
)


async def _ask_each(api: Api, asks: Sequence[Ask]) -> Sequence[Reply]:
    return [await _place(api, ask.question) for ask in asks]


async def _place(api: Api, q: Question) -> Reply:
    """Return the first public address, by IPv4 where there is one, and what the files say of it."""
    domain = firm_domain(q.domain, HOSTING.label)
    resolver = Resolver(api, READ)
    address = ""
    for kind in ("A", "AAAA"):
        found = await resolver.look(domain, kind)
        address = next(filter(is_address, found.found), "")
        if address:
            break
    if resolver.failure and not address:
        raise resolver.failure
    if not address:
        return Reply(raw=resolver.said)
    folder = str(api.options.get("folder") or "")
    facts = [Fact("company.ip_address", address, SURE), *_looked_up(folder, address)]
    return Reply(facts, resolver.said)


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _looked_up(folder: str, address: str) -> list[Fact]:
    if not folder:
        return []
    network, place = _row(folder, NETWORKS, address), _row(folder, PLACES, address)
    names = (network.get("isp"), network.get("autonomous_system_organization"))
    name = next((each for each in names if isinstance(each, str) and each), "")
    code = (place.get("country") or place.get("registered_country") or {}).get("iso_code")
    said = [("company.hosting_provider", name[:150]), ("company.hosting_country", code)]
    return [Fact(field, value, LOOKED_UP) for field, value in said if value]


def _row(folder: str, names: Sequence[str], address: str) -> Mapping[str, Any]:
    """Return what the first of these files says of an address; empty where none is there."""
    reader = opened(folder, tuple(names))
    try:
        found = reader.get(address) if reader else None
    except ValueError:
        return {}  # an IPv6 address in a file of IPv4 only
    return found if isinstance(found, dict) else {}


@lru_cache(maxsize=16)
def opened(folder: str, names: tuple[str, ...]) -> maxminddb.Reader | None:
    """Return the first of these files that can be read, kept open; None where there is none.

    What is missing is told once in a process's life: this function is asked no second time.
    """
    for name in names:
        path = Path(folder, f"{name}.mmdb")
        try:
            return maxminddb.open_database(path)
        except FileNotFoundError:
            continue
        except (OSError, maxminddb.InvalidDatabaseError) as why:
            log.warning("%s cannot be read: %s", path, why)
    log.warning("No MaxMind file %s in %s", " or ".join(names), folder)
    return None


HOSTING.add(
    "place",
    {"company.domain"},
    {"company.ip_address", "company.hosting_provider", "company.hosting_country"},
    FREE,
    days(30),
    miss_fresh_for=days(7),
    label="Website's place",
    note="Two queries for a domain, and MaxMind's files where the account names their folder.",
    gather=Gather("place", "company.domain", _ask_each, lambda options: 1),
)


@HOSTING.tests
async def ask_for_an_address(api: Api) -> str:
    """Return whether the resolver answers, and which of MaxMind's files are there."""
    resolver = Resolver(api, READ)
    await resolver.look("example.com", "A")
    if resolver.failure:
        raise resolver.failure
    folder = str(api.options.get("folder") or "")
    kinds = ("network", NETWORKS), ("country", PLACES)
    there = [word for word, names in kinds if folder and opened(folder, names)]
    files = f"MaxMind's files tell the {' and the '.join(there)}." if there else (
        "Without MaxMind's files only addresses are told."
    )  # fmt: skip
    return f"Hosting: the resolver answers. {files}"
