"""Follows SPF into what it includes and redirects to, as far as a receiver would (RFC 7208)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from integrations.providers.dns.resolving import Records
from integrations.providers.dns.spf import MOST_LOOKUPS, Spf, read_spf

UNKNOWN = "unknown"
NOBODY = Records(is_known=False)


class Resolving(Protocol):
    """Who looks records up; what nobody could say is unknown."""

    async def look(self, name: str, kind: str) -> Records: ...


@dataclass(frozen=True, slots=True)
class Followed:
    """What a domain's SPF comes to with all that it includes.

    `level` is one of `Spf.level`, or "unknown" where a record on the way was; `lookups` counts the
    terms that cost a receiver a query, None where they were not all seen. From eleven on (§4.6.4)
    the record is broken, and the rest is not counted. An include that depends on the sender (a
    macro, §7) is counted and not followed.
    """

    level: str
    lookups: int | None = None


async def follow_spf(resolver: Resolving, domain: str, texts: Sequence[str]) -> Followed:
    """Return what the SPF among a domain's texts comes to, with at most ten queries more."""
    walk = _Walk(resolver)
    end = await walk.evaluate(read_spf(texts), (domain.lower(),))
    if end.level == "broken":
        return Followed("broken", walk.lookups if walk.lookups > MOST_LOOKUPS else None)
    return Followed(UNKNOWN) if walk.is_unsure else Followed(end.level, walk.lookups)


@dataclass(frozen=True, slots=True)
class _End:
    """A record's level, and whether it lets everybody pass in so many words ("+all")."""

    level: str
    passes_all: bool = False


BROKEN = _End("broken")


@dataclass(slots=True)
class _Walk:
    """One evaluation: what it has cost so far, and whether something could not be seen."""

    resolver: Resolving
    lookups: int = 0
    is_unsure: bool = False
    kept: dict[str, Records] = field(default_factory=dict)

    async def evaluate(self, spf: Spf, way: tuple[str, ...]) -> _End:
        """Return what a record comes to; `way` are the names that led to it."""
        if spf.error or not spf.is_present:
            return _End(spf.level)
        self.lookups += spf.lookups
        if self.lookups > MOST_LOOKUPS:
            return BROKEN
        passes_all = spf.otherwise == "+"
        for name in (name for name in spf.includes if "%" not in name):
            end = await self._go_to(name, way)
            if end is BROKEN:
                return BROKEN
            passes_all = passes_all or end.passes_all
        if spf.redirect:
            end = await self._go_to(spf.redirect, way)
            return _End("open", passes_all=True) if passes_all and end is not BROKEN else end
        return _End("open" if passes_all else spf.level, passes_all)

    async def _go_to(self, name: str, way: tuple[str, ...]) -> _End:
        """Return what the record there comes to; one that is not there breaks ours (§5.2, §6.1)."""
        name = name.rstrip(".")
        if name in way:
            return BROKEN  # it would be asked again and again, until eleven
        if name not in self.kept:
            is_macro = "%" in name
            self.kept[name] = NOBODY if is_macro else await self.resolver.look(name, "TXT")
        records = self.kept[name]
        if not records.is_known:
            self.is_unsure = True
            return _End(UNKNOWN)
        end = await self.evaluate(read_spf(records.found), (*way, name))
        return BROKEN if end.level in ("broken", "absent") else end
