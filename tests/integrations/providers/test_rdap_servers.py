"""The bootstrap registry of RDAP (RFC 9224): read, renewed by a command, and used off the net."""

import asyncio
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from integrations.providers.rdap.bootstrap import NotBootstrap, read_bootstrap
from integrations.providers.rdap.servers import FILE, RDAP, hosts, rdap_ending
from tests.integrations.loopback import Reply, loopback

ADDRESSES = st.from_regex(r"https://rdap\.[a-z]{1,9}\.test(/[a-z0-9]{1,5})?", fullmatch=True)
ENDINGS = st.from_regex(r"[a-z]{2,9}", fullmatch=True)


def registry(*services, version="1.0"):
    body = {"version": version, "publication": "2026-11-01T00:00:00Z", "description": "ours",
            "services": list(services)}  # fmt: skip
    return json.dumps(body)


def test_of_several_addresses_the_first_with_https_counts():
    found = read_bootstrap(
        registry(
            [["aa", "BB"], ["http://rdap.one.test/", "https://rdap.one.test/v1/"]],
            [["cc"], ["http://rdap.two.test/"]],
            [["dd"], ["https://a@rdap.two.test/", "https://rdap.two.test"]],
        )
    )

    assert found.servers == {
        "aa": "https://rdap.one.test/v1", "bb": "https://rdap.one.test/v1",
        "dd": "https://rdap.two.test",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<html>", "no JSON"),
        ("[]", "version"),
        (registry(version="2.0"), "version"),
        ('{"version": "1.0"}', "services"),
        (registry(["com"]), "no pair"),
        (registry([["com"], "https://rdap.one.test/"]), "no pair"),
        (registry([[1], ["https://rdap.one.test/"]]), "no text"),
        (registry([["192.0.2.0/24"], ["https://rdap.one.test/"]]), "no ending"),
        (registry(), "names no server"),
        (registry([["com"], ["http://rdap.one.test/"]]), "names no server"),
    ],
)
def test_what_is_no_registry_is_refused(text, why):
    with pytest.raises(NotBootstrap, match=why):
        read_bootstrap(text)


@given(st.dictionaries(ENDINGS, ADDRESSES, min_size=1, max_size=8))
def test_what_was_written_is_read_as_it_was(servers):
    found = read_bootstrap(registry(*([[end], [f"{url}/"]] for end, url in servers.items())))

    assert dict(found.servers) == servers
    assert read_bootstrap(found.written()).written() == found.written()


SERVICES = st.recursive(
    st.none() | st.text(max_size=5), lambda one: st.lists(one, max_size=3), max_leaves=8
)
WRITTEN = SERVICES.map(lambda services: json.dumps({"version": "1.0", "services": services}))


@given(st.text(max_size=60) | st.binary(max_size=60) | WRITTEN)
def test_no_text_breaks_the_reading(text):
    try:
        assert read_bootstrap(text).servers
    except NotBootstrap as refused:
        assert str(refused)


def test_ours_is_in_that_form_and_is_what_is_asked():
    ours = read_bootstrap(FILE.read_bytes())

    assert ours.written() == FILE.read_text()
    assert {**ours.servers, "test": "https://rdap.nic.test"} == RDAP
    assert {end: hosts()[end] for end in RDAP} == RDAP
    assert "com" in ours.servers and "test" not in ours.servers


@pytest.mark.parametrize(
    ("domain", "ending"),
    [("acme.test", "test"), ("a.b.com", "com"), ("com", ""), ("acme.zz", ""), ("acme.com.zz", "")],
)
def test_the_longest_ending_with_a_server_is_asked(domain, ending):
    assert rdap_ending(domain) == ending


def renewed(*words):
    said = StringIO()
    call_command("refresh_rdap", *words, stdout=said)
    return said.getvalue().strip()


def test_the_command_writes_what_a_server_says(tmp_path):
    to = tmp_path / "dns.json"
    body = json.loads(registry([["aa", "bb"], ["https://rdap.one.test/"]]))

    async def ask():
        async with loopback(Reply(200, body)) as server:
            words = ("--from", f"{server.url}/dns.json", "--to", str(to))
            first = await asyncio.to_thread(renewed, *words)
            return first, await asyncio.to_thread(renewed, *words, "--check")

    first, again = asyncio.run(ask())

    assert first == (
        "2 endings as of 2026-11-01T00:00:00Z: 2 are new, 0 have moved, 0 are gone."
        " Restart what runs to use them."
    )
    assert "0 are new, 0 have moved, 0 are gone. Nothing was written." in again
    assert dict(read_bootstrap(to.read_bytes()).servers) == {
        "aa": "https://rdap.one.test", "bb": "https://rdap.one.test",
    }  # fmt: skip


def test_the_command_leaves_what_it_has_where_it_gets_nothing_better(tmp_path):
    to, source = tmp_path / "dns.json", tmp_path / "new.json"
    kept = registry([["aa", "bb", "cc"], ["https://rdap.one.test/"]])
    to.write_text(kept)

    for text, why in ((registry([["aa"], ["https://rdap.two.test/"]]), "lacks 2 of 3"),
                      ("<html>", "it is no JSON")):  # fmt: skip
        source.write_text(text)
        with pytest.raises(CommandError, match=why):
            renewed("--from", str(source), "--to", str(to))
    with pytest.raises(CommandError, match="Nothing was changed"):
        renewed("--from", str(tmp_path / "nowhere.json"), "--to", str(to))
    assert to.read_text() == kept

    source.write_text(registry([["aa"], ["https://rdap.two.test/"]]))
    said = renewed("--from", str(source), "--to", str(to), "--force")
    assert "0 are new, 1 have moved, 2 are gone." in said
