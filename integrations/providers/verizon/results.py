"""Reads what Verizon answers later about an address, from its callback or where it is asked for.

Verizon publishes no schema of it. So it is read by what it has to contain, wherever that stands: a
request id, and for each network type whether the address qualifies, with its speeds if told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from integrations.provider import Fact
from integrations.reading import Body, Reader

READ = Reader("Verizon")
# The carrier about its own network, as of the day it was asked.
SURE = 0.95
FIVE_G, LTE, FIOS = ("C-BAND", "MMWAVE", "5GNW"), ("LTE", "LTE-AWS"), ("FIOS",)
VERDICTS = ("qualified", "isQualified", "available", "isAvailable", "covered", "coverage", "status")
YES, NO = (
    frozenset({"yes", "y", "true", "qualified", "available", "covered"}),
    frozenset(
        {"no", "n", "false", "notqualified", "unqualified", "unavailable", "notavailable", "none"}
    ),
)
DOWN, UP = ("maxDownloadSpeed", "downloadSpeed"), ("maxUploadSpeed", "uploadSpeed")
WAITING = frozenset({"pending", "inprogress", "queued", "accepted", "submitted"})
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Result:
    """What is known of the address of one request."""

    request_id: str
    facts: list[Fact]


def result_of(body: Any, *, checked_at: datetime | None = None) -> Result | None:
    """Return the facts in a callback's or a result's body; None while it says that it is pending.

    `checked_at` is when Verizon was asked, now without it. Raises ContractBroken for a body that
    tells of no network type.
    """
    said = READ.body(body)
    networks = dict(_networks(said, 0))
    if not networks:
        if _word(said.get("status")) in WAITING:
            return None
        raise READ.broken("the network types", None)
    told = {kind: _verdict(one) for kind, one in networks.items()}
    facts = [
        Fact(field, reach, SURE)
        for field, kinds in (
            ("is_5g_home_available", FIVE_G),
            ("is_lte_home_available", LTE),
            ("is_fios_available", FIOS),
        )
        if (reach := _any(told, kinds)) is not None
    ]
    facts += _speeds([one for kind, one in networks.items() if told[kind]])
    moment = (checked_at or datetime.now(UTC)).isoformat(timespec="seconds")
    return Result(_request_id(said, 0), [*facts, Fact("coverage_checked_at", moment, SURE)])


def _networks(part: Any, depth: int) -> Iterator[tuple[str, Body]]:
    """Yield every object that names a network type and says something of it."""
    if depth > DEEPEST:
        return
    if isinstance(part, list):
        for one in part:
            yield from _networks(one, depth + 1)
    elif isinstance(part, dict):
        kind = part.get("networkType")
        if isinstance(kind, str) and any(name in part for name in VERDICTS):
            yield kind.strip().upper(), part
        for one in part.values():
            yield from _networks(one, depth + 1)


def _verdict(one: Body) -> bool | None:
    value = next((one[name] for name in VERDICTS if one.get(name) is not None), None)
    if value is None or isinstance(value, bool):
        return value
    word = _word(value)
    if word in YES or word in NO:
        return word in YES
    raise READ.broken(f"the verdict on {one.get('networkType')}", value)


def _word(value: Any) -> str:
    return "".join(filter(str.isalpha, value.lower())) if isinstance(value, str) else ""


def _any(told: Mapping[str, bool | None], kinds: tuple[str, ...]) -> bool | None:
    """Return whether one qualifies; None where none was told of."""
    known = [told[kind] for kind in kinds if told.get(kind) is not None]
    return any(known) if known else None


def _speeds(networks: list[Body]) -> list[Fact]:
    """Return the best speeds among the networks that the address qualifies for, in Mbps."""
    facts = []
    for field, names in (("download_mbps", DOWN), ("upload_mbps", UP)):
        found = [
            speed for one in networks for name in names if (speed := READ.whole(one, name, 10**6))
        ]
        if found:
            facts.append(Fact(field, max(found), SURE))
    return facts


def _request_id(part: Any, depth: int) -> str:
    if isinstance(part, dict) and depth < 3:
        if isinstance(part.get("requestId"), str):
            return str(part["requestId"])
        return next((found for one in part.values() if (found := _request_id(one, depth + 1))), "")
    return ""
