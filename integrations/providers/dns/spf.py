"""Reads SPF: which senders a domain allows (RFC 7208)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["absent", "broken", "open", "soft", "strict"]

MOST_LOOKUPS = 10  # RFC 7208 §4.6.4
_ASKING = frozenset(("include", "a", "mx", "ptr", "exists"))
_TERM = re.compile(r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?:([:/]).*)?")
_MODIFIER = re.compile(r"[a-z][a-z0-9_.-]*=.*")


@dataclass(frozen=True, slots=True)
class Spf:
    """What a domain's SPF comes to; `error` says in words why receivers would refuse it.

    `lookups` counts the terms of this record that cost a DNS query; `following.py` adds those of
    the records that it includes.
    """

    includes: tuple[str, ...] = ()
    lookups: int = 0
    otherwise: str = ""
    redirect: str = ""
    error: str = ""
    is_present: bool = True

    @property
    def level(self) -> Level:
        """How much it keeps out: no record, a broken one, all let in, all marked, all refused."""
        if not self.is_present:
            return "absent"
        if self.error:
            return "broken"
        if self.otherwise in ("-", "~"):
            return "strict" if self.otherwise == "-" else "soft"
        return "soft" if self.redirect else "open"


ABSENT = Spf(is_present=False)


def spf_records(texts: Sequence[str]) -> list[str]:
    """Return those of a name's texts that are SPF (RFC 7208 §4.5)."""
    return [text for text in texts if text.split(" ")[0].lower() == "v=spf1"]


def read_spf(texts: Sequence[str]) -> Spf:
    """Return what the SPF records among a name's texts say; never raises."""
    found = spf_records(texts)
    if not found:
        return ABSENT
    if len(found) > 1:
        return Spf(error=f"{len(found)} records where one is allowed")
    return _read(found[0].lower().split()[1:])


def _read(terms: Sequence[str]) -> Spf:
    includes: list[str] = []
    otherwise = redirect = error = ""
    lookups = 0
    for term in terms:
        matched = _TERM.fullmatch(term)
        if not matched:
            if term.startswith("redirect="):
                redirect = term.partition("=")[2]
            elif not _MODIFIER.fullmatch(term):
                error = error or "a term that SPF does not have"
            continue
        sign, name, _ = matched.groups()
        if otherwise:
            continue  # RFC 7208 §5.1: what stands behind "all" is ignored
        lookups += name in _ASKING
        if name == "include":
            includes.append(term.partition(":")[2])
        elif name == "all":
            otherwise = sign or "+"
    redirect = "" if otherwise else redirect
    lookups += bool(redirect)
    if not all(includes):
        error = error or "an include without a domain"
    if lookups > MOST_LOOKUPS:
        error = error or f"{lookups} look-ups where {MOST_LOOKUPS} are allowed"
    return Spf(tuple(filter(None, includes)), lookups, otherwise, redirect, error)
