"""Which addresses we connect to: public unicast alone, asked of the address that is connected to.

Networks are IANA's registries of special-purpose addresses (RFC 6890 and its successors, read
November 2026), and those public ones at which clouds give out secrets.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

CLOSED_V4 = tuple(
    ipaddress.IPv4Network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # Azure's own service, which hands out a machine's secrets
    )
)  # fmt: skip
# Of IPv6 only what is given out to networks; within it these lead elsewhere.
OPEN_V6 = ipaddress.IPv6Network("2000::/3")
CLOSED_V6 = tuple(
    ipaddress.IPv6Network(one)
    for one in (
        "2001::/23",  # Teredo, benchmarking, ORCHID and other protocols'
        "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip


class AddressRefused(OSError):
    """We do not connect to this address."""


def is_public(address: str) -> bool:
    """Tell whether an IP address, as a socket knows it, is one that we connect to."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return not any(found in network for network in CLOSED_V4)
    return found in OPEN_V6 and not any(found in network for network in CLOSED_V6)


def is_loopback(address: str) -> bool:
    """Tell whether an IP address is this machine itself."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


class _Guarded(socket.socket):
    """A socket that connects to what its rule lets it; nothing resolves between rule and wire."""

    is_fit: Callable[[str], bool]

    def connect(self, address: Any) -> None:
        if not self.is_fit(str(address[0])):
            raise AddressRefused("the name leads to an address that is not public")
        super().connect(address)


def guarded(is_fit: Callable[[str], bool]) -> Callable[[Any], socket.socket]:
    """Return a maker of sockets, as aiohttp's connector takes one, that keep to a rule."""

    def make(found: Any) -> socket.socket:
        family, kind, protocol, _, _ = found
        made = _Guarded(family, kind, protocol)
        made.is_fit = is_fit
        return made

    return make
