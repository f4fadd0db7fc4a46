"""No way of writing an address leads a webhook to a machine that is not public.

The corpus goes past the check of what is typed, straight to the wire, where names are made to lead
to each address; a socket on loopback counts who comes.
"""

import asyncio
import socket
import threading

import pytest
from aiohttp.abc import AbstractResolver

from tests.webhooks.out.conftest import parcels, send
from webhooks.models import Parcel
from webhooks.out.addresses import is_public
from webhooks.out.carrying import Carrier, Letter
from webhooks.out.signing import new_secret
from webhooks.out.urls import problem_of

CLOSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200",
    "127.0.0.1", "127.1.2.3", "127.255.255.254", "169.254.169.254", "169.254.170.2",
    "168.63.129.16", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.0.192", "192.0.2.1",
    "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:0:7f00:1::", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::",
    "2002:a00:1::", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%lo",
    "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
OPEN = ["93.184.216.34", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00::1"]
# Ways of writing 127.0.0.1, or of hiding where an address leads.
WRITTEN = [
    "https://127.0.0.1:{port}/", "https://2130706433:{port}/", "https://0x7f000001:{port}/",
    "https://0x7f.0.0.1:{port}/", "https://017700000001:{port}/", "https://0177.0.0.1:{port}/",
    "https://127.1:{port}/", "https://127.0.1:{port}/", "https://0:{port}/",
    "https://0.0.0.0:{port}/", "https://127.0.0.1.:{port}/", "https://localhost:{port}/",
    "https://LOCALHOST:{port}/", "https://localhost.:{port}/", "https://a.localhost:{port}/",
    "https://[::1]:{port}/", "https://[::]:{port}/", "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/", "https://[0:0:0:0:0:0:0:1]:{port}/",
    "https://[::1%lo]:{port}/", "https://[fe80::1%25lo]:{port}/",
    "https://[64:ff9b::127.0.0.1]:{port}/", "https://[2002:7f00:1::]:{port}/",
    "https://127。0。0。1:{port}/", "https://127．0．0．1:{port}/", "https://①②⑦.0.0.1:{port}/",
    "https://lоcalhost:{port}/", "https://%31%32%37.0.0.1:{port}/",
    "https://example.test@127.0.0.1:{port}/", "https://127.0.0.1:{port}@example.test/",
    "https://example.test:443@127.0.0.1:{port}/", "https://example.test\\@127.0.0.1:{port}/",
    "https://example.test#@127.0.0.1:{port}/", "https://127.0.0.1:{port}#@example.test/",
    "https://127.0.0.1:{port}\\.example.test/", "https://127.0.0.1 :{port}/",
    "https://127.0.0.1\t:{port}/", "https://127.0.0.1\n:{port}/", "https:127.0.0.1:{port}/",
    "https:///127.0.0.1:{port}/", "//127.0.0.1:{port}/", "http://127.0.0.1:{port}/",
    "HTTP://127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/", "unix:///tmp/s", "javascript:alert(1)", "https://", "",
]  # fmt: skip


@pytest.fixture
def door():
    """A socket on every address of loopback; `came` counts its connections."""

    class Counting:
        came = 0
        port = 0

    found = Counting()
    listener = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    found.port = listener.getsockname()[1]

    def count():
        while True:
            try:
                taken, _ = listener.accept()
            except OSError:
                return
            found.came += 1
            taken.close()

    thread = threading.Thread(target=count, daemon=True)
    thread.start()
    yield found
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


class Leading(AbstractResolver):
    """Every name leads to these addresses, one list a question; the last for ever."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        self.asked += 1
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            {
                "hostname": host, "host": one, "port": port, "proto": 0,
                "family": socket.AF_INET6 if ":" in one else socket.AF_INET,
                "flags": socket.AI_NUMERICHOST,
            }
            for one in found
        ]  # fmt: skip

    async def close(self):
        pass


def carried(url, resolver=None, *, way=Carrier.carry):
    """What came of a try; by `Carrier.post` nobody has looked at what is typed."""

    async def carry():
        async with Carrier(resolver) as carrier:
            return await way(carrier, Letter(url, "msg_1", "{}", [new_secret()]))

    return asyncio.run(carry())


@pytest.fixture
def any_port(settings, door):
    """The port of the counting socket is among those that one may use."""
    settings.WEBHOOK_PORTS = [443, door.port]


@pytest.mark.parametrize("address", CLOSED)
def test_a_name_that_leads_there_is_not_followed(address, door, any_port):
    result = carried(f"https://hooks.example.test:{door.port}/", Leading([address]))

    assert result.outcome == "Not sent: its name leads to an address that is not public."
    assert (result.is_final, result.status, door.came) == (True, None, 0)


@pytest.mark.parametrize("address", CLOSED)
def test_it_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", OPEN)
def test_others_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize("written", WRITTEN)
def test_no_way_of_writing_it_gets_there(written, door, any_port):
    url = written.format(port=door.port)

    result = carried(url)

    assert problem_of(url)
    assert (result.outcome, door.came) == (f"Not sent: {problem_of(url)}", 0)


@pytest.mark.parametrize("written", WRITTEN)
def test_nor_where_nobody_looks_at_what_is_typed(written, door):
    carried(written.format(port=door.port), way=Carrier.post)

    assert door.came == 0


def test_a_name_that_leads_elsewhere_the_second_time(door, any_port):
    """DNS rebinding: public when it is asked first, loopback when it counts."""
    rebinding = Leading(["93.184.216.34"], ["127.0.0.1"])
    (checked,) = asyncio.run(rebinding.resolve("hooks.example.test"))

    result = carried(f"https://hooks.example.test:{door.port}/", rebinding)

    assert is_public(checked["host"])
    assert (rebinding.asked, door.came) == (2, 0)
    assert "not public" in result.outcome


def test_a_name_that_leads_to_several(door, any_port):
    both = Leading(["127.0.0.1", "::1", "10.0.0.1"])

    result = carried(f"https://hooks.example.test:{door.port}/", both)

    assert (door.came, result.is_final) == (0, True)


def test_the_socket_itself_counts(door, settings):
    """The corpus proves something: named for development, the same socket is reached."""
    settings.WEBHOOK_LOOPBACK_HOSTS = [f"hooks.example.test:{door.port}"]

    carried(f"http://hooks.example.test:{door.port}/", Leading(["127.0.0.1"]))

    assert door.came >= 1


def test_a_host_named_for_development_leads_to_loopback_alone(door, settings):
    settings.WEBHOOK_LOOPBACK_HOSTS = [f"hooks.example.test:{door.port}"]

    result = carried(f"http://hooks.example.test:{door.port}/", Leading(["10.0.0.1"]))

    assert "not public" in result.outcome


def test_production_names_no_host(door, settings):
    settings.WEBHOOK_LOOPBACK_HOSTS = [f"127.0.0.1:{door.port}"]
    settings.IS_PRODUCTION = True

    result = carried(f"http://127.0.0.1:{door.port}/")

    assert (result.is_final, door.came) == (True, 0)


def test_a_proxy_of_the_environment_is_not_asked(door, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{door.port}")

    carried("https://hooks.example.test/", Leading(["10.0.0.1"]))

    assert door.came == 0


def test_a_redirect_is_not_followed(subscribed, receiver, door):
    receiver.answers = [(302, {"Location": f"http://127.0.0.1:{door.port}/"}, b"")]
    parcels(subscribed)

    send()

    parcel = Parcel.objects.get()
    assert (len(receiver.got), door.came, parcel.state) == (1, 0, "waiting")
    assert parcel.outcome == (
        "It answered 302: redirects are not followed. Put in the address itself."
    )
