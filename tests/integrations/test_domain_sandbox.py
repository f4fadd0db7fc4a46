"""DNS, the registries and hosting against the sandbox over real HTTP, and MaxMind's files."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from integrations.errors import CallError, ContractBroken, ServerFailed, Throttled
from integrations.provider import Provider, Reply
from integrations.providers import hosting
from integrations.providers.dns import DNS, UNSURE_FOR
from integrations.providers.hosting import HOSTING
from integrations.providers.rdap import REGISTRY
from integrations.sandbox.world import firm_at
from tests.integrations.apis import ask, asks_for, http_api
from tests.integrations.sandbox.running import Running, running_sandbox

FIRMS = [f"firm{n}.test" for n in range(30)]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Running]:
    with running_sandbox() as running:
        yield running


def said(sandbox: Running, of: Provider, lookup: str, domain: str, **options: Any) -> Reply:
    api = http_api(of, f"{sandbox.url}/{of.slug}", secrets={}, options=options)
    (reply,) = ask(api, asks_for(of, [lookup], **{"company.domain": domain}))
    return reply


def values(reply: Reply) -> dict[str, Any]:
    return {fact.field.removeprefix("company."): fact.value for fact in reply.facts}


def test_mail_is_where_the_world_has_it(sandbox: Running):
    for domain in FIRMS:
        host, found = firm_at(domain).mail_host, values(said(sandbox, DNS, "mail", domain))

        assert found["has_mx"] is bool(host)
        assert found.get("mail_host", "").endswith(host)
        assert (found["mail_gateway"] == "Proofpoint") == (host == "mx.pphosted.com")


@pytest.mark.parametrize(
    ("domain", "wanted"),
    [
        ("nullmx.test", {"has_mx": False, "mail_provider": "none"}),
        ("nomail.test", {"has_mx": False, "has_spf": False, "has_dmarc": False}),
    ],
)
def test_no_mail_is_known_to_be_none(sandbox: Running, domain: str, wanted: dict[str, Any]):
    found = values(said(sandbox, DNS, "mail", domain))

    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("domain", "wanted", "is_sure"),
    [
        ("loopspf.test", ("broken", None), True),
        ("longspf.test", ("broken", 11), True),
        ("lostspf.test", ("unknown", None), False),
        ("redirectspf.test", ("strict", 1), True),
    ],
)
def test_spf_is_followed(sandbox: Running, domain: str, wanted: tuple[str, int], is_sure: bool):
    reply = said(sandbox, DNS, "mail", domain)

    found = values(reply)
    assert (found["spf_level"], found.get("spf_lookups")) == wanted
    assert reply.fresh_for == (None if is_sure else UNSURE_FOR)


def test_what_no_server_answers_stays_unknown_and_is_asked_again_soon(sandbox: Running):
    reply = said(sandbox, DNS, "mail", "servfail.test")

    assert (values(reply), reply.fresh_for, reply.error) == ({}, UNSURE_FOR, None)
    assert said(sandbox, DNS, "mail", FIRMS[0]).fresh_for is None


@pytest.mark.parametrize(
    ("domain", "error"), [("down.test", ServerFailed), ("limit.test", Throttled)]
)
@pytest.mark.parametrize(("of", "lookup"), [(DNS, "mail"), (HOSTING, "place")])
def test_a_resolver_in_trouble_is_an_error(
    sandbox: Running, of: Provider, lookup: str, domain: str, error: type[CallError]
):
    with pytest.raises(error):
        said(sandbox, of, lookup, domain)


@pytest.mark.parametrize("domain", ["birch.test", "moved.test", "down.test", "limit.test"])
def test_a_registration_is_known_by_rdap_or_else_by_whois(sandbox: Running, domain: str):
    found = values(said(sandbox, REGISTRY, "domain", domain, is_whois_asked=True))

    assert set(found) == {
        "registrar", "domain_created_on", "domain_expires_on", "name_servers",
    }  # fmt: skip
    assert found["name_servers"] == f"ns1.{domain}, ns2.{domain}"


def test_words_of_neither_that_we_know_are_a_broken_contract(sandbox: Running):
    with pytest.raises(ContractBroken):
        said(sandbox, REGISTRY, "domain", "odd.com", is_whois_asked=True)


@pytest.mark.parametrize(("domain", "count"), [("birch.com.tr", 4), ("birch.de", 1)])
def test_endings_without_rdap_are_asked_by_a_line(sandbox: Running, domain: str, count: int):
    assert len(said(sandbox, REGISTRY, "domain", domain, is_whois_asked=True).facts) == count


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for kind, row in (
        ("GeoLite2-ASN", {"autonomous_system_organization": "Oakleaf Hosting"}),
        ("GeoLite2-Country", {"country": {"iso_code": "TR"}}),
    ):
        writer = MMDBWriter(6, kind, ipv4_compatible=True)
        writer.insert_network(IPSet(["192.0.2.0/24", "2001:db8::/32"]), row)
        writer.to_db_file(str(tmp_path / f"{kind}.mmdb"))
    return tmp_path


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7"])
def test_maxminds_files_tell_network_and_country(folder: Path, address: str):
    facts = hosting._looked_up(str(folder), address)

    assert [(fact.field, fact.value) for fact in facts] == [
        ("company.hosting_provider", "Oakleaf Hosting"),
        ("company.hosting_country", "TR"),
    ]


def test_the_website_has_its_place(sandbox: Running, folder: Path):
    found = values(said(sandbox, HOSTING, "place", "birch.test", folder=str(folder)))

    assert found["hosting_provider"] == "Oakleaf Hosting"
    assert found["hosting_country"] == "TR"
    assert found["ip_address"].startswith("192.0.2.")


def test_a_missing_file_is_told_once(
    sandbox: Running, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    (tmp_path / "GeoLite2-City.mmdb").write_bytes(b"no database")
    with caplog.at_level(logging.WARNING):
        for domain in FIRMS[:3]:
            found = values(said(sandbox, HOSTING, "place", domain, folder=str(tmp_path)))
            assert set(found) == {"ip_address"}

    assert len([one for one in caplog.records if one.name == hosting.__name__]) == 3
