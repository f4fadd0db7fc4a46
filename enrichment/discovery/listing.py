"""Which listed businesses are one: by phone, else by domain, else by name and postal code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contacts.importing.companies import name_key, read_domain
from contacts.phone import PhoneRefused, parse
from domains.firms import read_firm_domain
from domains.shared_hosts import is_shared


def own_domain(website: str) -> str:
    """Return the domain of a firm's website; "" where it can be no firm's own."""
    domain = read_domain(website) if website else ""
    return "" if is_shared(domain) or read_firm_domain(domain)[1] else domain


@dataclass(frozen=True, slots=True)
class Keys:
    """What a listed business is recognised by; "" where its listing does not say."""

    phone: str
    domain: str
    name: str
    postal_code: str


def keys_of(business: Mapping[str, Any]) -> Keys:
    """Return the keys of a business in our form (`search.Business` as a mapping)."""
    return Keys(
        read_phone(business.get("phone", "")),
        own_domain(business.get("website", "")),
        name_key(business.get("name", "")),
        business.get("postal_code", "")[:5],
    )


def read_phone(text: str) -> str:
    """Return a phone number as E.164, "" where there is none that can be read."""
    try:
        return parse(text, "US").e164 if text.strip() else ""
    except PhoneRefused:
        return ""


@dataclass(slots=True)
class Met:
    """The first listing of a business: who it is to the caller, and all that is known of it."""

    id: int
    keys: Keys

    def agrees(self, keys: Keys) -> bool:
        """Tell whether two listings with one name or domain do not contradict each other."""
        has_two_phones = self.keys.phone and keys.phone
        has_two_domains = self.keys.domain and keys.domain and self.keys.domain != keys.domain
        return not has_two_phones and not has_two_domains


@dataclass(slots=True)
class Listing:
    """The businesses met so far; a branch with a phone of its own is a business of its own."""

    count: int = 0
    known: dict[int, Met] = field(default_factory=dict)
    _by_key: dict[tuple[str, ...], list[Met]] = field(default_factory=dict)

    def meet(self, id_: int, keys: Keys) -> Met | None:
        """Return the business that was met before; None for a new one, known from now on as `id_`.

        What a later listing knows besides is remembered, too.
        """
        before = self._find(keys)
        if before is None:
            self.count += 1
            self.remember(Met(id_, keys))
            return None
        mine = before.keys
        before.keys = Keys(
            mine.phone or keys.phone, mine.domain or keys.domain, mine.name or keys.name,
            mine.postal_code or keys.postal_code,
        )  # fmt: skip
        self.remember(before)
        return before

    def _find(self, keys: Keys) -> Met | None:
        for key in _ways(keys):
            there = self._by_key.get(key, ())
            fitting = [met for met in there if key[0] == "phone" or met.agrees(keys)]
            if fitting:
                return min(fitting, key=lambda met: met.id)
        return None

    def remember(self, met: Met) -> None:
        """Know a business by all its keys from now on."""
        self.known[met.id] = met
        for key in _ways(met.keys):
            there = self._by_key.setdefault(key, [])
            if met not in there:
                there.append(met)


def _ways(keys: Keys) -> list[tuple[str, ...]]:
    ways: list[tuple[str, ...]] = []
    if keys.phone:
        ways.append(("phone", keys.phone))
    if keys.domain:
        ways.append(("domain", keys.domain))
    if keys.name and keys.postal_code:
        ways.append(("place", keys.name, keys.postal_code))
    return ways
