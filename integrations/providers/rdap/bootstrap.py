"""Reads and writes IANA's bootstrap registry: which RDAP server knows which endings (RFC 9224)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

IANA = "https://data.iana.org/rdap/dns.json"
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_ENDING = re.compile(rf"(?!\d+$){_LABEL}(?:\.{_LABEL})*")


class NotBootstrap(ValueError):
    """What was read is no bootstrap registry for domain names; says where it is not."""


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """The registry as of `publication`: ending ("com") to the server's address, without a slash."""

    publication: str
    description: str
    servers: Mapping[str, str]

    def written(self) -> str:
        """Return the registry in its own form, a line a server."""
        endings: dict[str, list[str]] = {}
        for ending, url in self.servers.items():
            endings.setdefault(url, []).append(ending)
        rows = ",\n".join(f"    {_line([of, [f'{url}/']])}" for url, of in endings.items())
        return (
            f'{{\n  "version": "1.0",\n  "publication": {_line(self.publication)},\n'
            f'  "description": {_line(self.description)},\n  "services": [\n{rows}\n  ]\n}}\n'
        )


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True)


def read_bootstrap(text: str | bytes) -> Bootstrap:
    """Return the registry. Raises NotBootstrap, also where it names no server at all.

    Of several addresses the first that speaks HTTPS counts (§3); a service without one is left out.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise NotBootstrap("it is no JSON") from wrong
    if not isinstance(body, dict) or body.get("version") != "1.0":
        raise NotBootstrap('it has no "version" of "1.0"')
    services = body.get("services")
    if not isinstance(services, list):
        raise NotBootstrap('it has no "services"')
    servers: dict[str, str] = {}
    for service in services:
        endings, urls = _service(service)
        if url := next(filter(None, map(_address, urls)), ""):
            servers |= {ending: url for ending in endings if ending not in servers}
    if not servers:
        raise NotBootstrap("it names no server that speaks HTTPS")
    return Bootstrap(str(body.get("publication", "")), str(body.get("description", "")), servers)


def _service(service: Any) -> tuple[list[str], list[str]]:
    is_pair = isinstance(service, list) and len(service) == 2
    if not is_pair or not all(isinstance(part, list) for part in service):
        raise NotBootstrap("a service is no pair of endings and addresses")
    if not all(isinstance(one, str) for part in service for one in part):
        raise NotBootstrap("an ending or address is no text")
    endings = [one.lower().strip(".") for one in service[0]]
    if wrong := next((one for one in endings if not _ENDING.fullmatch(one)), None):
        raise NotBootstrap(f"{wrong[:40]!r} is no ending of domains")
    return endings, service[1]


def _address(url: str) -> str:
    """Return an address without its last slash; "" for one that is not plain HTTPS."""
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme == "https" and parts.hostname and not parts.query
    except ValueError:
        return ""
    is_plain = is_plain and url.isascii() and url.isprintable() and " " not in url
    return url.rstrip("/") if is_plain and not parts.fragment and "@" not in parts.netloc else ""
