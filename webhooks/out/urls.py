"""What is wrong with an address that somebody wants to be told at, in words; asks no network."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from webhooks.out.addresses import is_loopback, is_public

LONGEST = 500
PLAIN_PORTS = (80, 8000, 8080)
OWN = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "onion")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


def problem_of(url: str) -> str:
    """Return what is wrong with an address, empty when nothing is."""
    if len(url) > LONGEST:
        return f"An address has {LONGEST} characters at most."
    if not re.fullmatch(r"[!-~]+", url) or "\\" in url:
        return "An address has no spaces and plain letters only; write other names as xn--…"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "This is no address. Write it as https://example.com/path."
    if named_here(parts):
        return ""
    return (
        _scheme_problem(parts.scheme)
        or ("Leave out the name and password." if "@" in parts.netloc else "")
        or ("Leave out what follows the #." if parts.fragment else "")
        or _host_problem(parts.hostname or "")
        or _port_problem(parts.scheme, port)
    )


def named_here(parts: SplitResult) -> bool:
    """Tell whether it is one of the hosts of this machine that developers have named."""
    if settings.IS_PRODUCTION or parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return False
    return parts.netloc.lower() in settings.WEBHOOK_LOOPBACK_HOSTS


def _scheme_problem(scheme: str) -> str:
    if scheme == "https" or (scheme == "http" and settings.WEBHOOK_PLAIN_HTTP):
        return ""
    if scheme == "http":
        return "Use https: over http anybody on the way can read what we send."
    return "This is no address. Write it as https://example.com/path."


def _host_problem(host: str) -> str:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _name_problem(host.removesuffix("."))
    return "" if is_public(host) else "We send to public addresses only."


def _name_problem(host: str) -> str:
    labels = host.split(".")
    if labels[-1] in OWN:
        return "We send to public addresses only."
    # What ends in a number is read as an IP address by some, in many ways of writing it.
    if len(labels) < 2 or len(host) > 253 or _NUMBER.fullmatch(labels[-1]):
        return "Its host is no name that everybody knows. Write it as https://example.com/path."
    if not all(_LABEL.fullmatch(label) for label in labels):
        return "Its host is no name. Write it as https://example.com/path."
    return ""


def _port_problem(scheme: str, port: int | None) -> str:
    ports = settings.WEBHOOK_PORTS if scheme == "https" else PLAIN_PORTS
    if port is None or port in ports:
        return ""
    return f"Use one of the ports {', '.join(str(one) for one in ports)}."


def is_fit(url: str, address: str) -> bool:
    """Tell whether an address on the network is one that this URL may lead to."""
    return is_loopback(address) if named_here(urlsplit(url)) else is_public(address)
