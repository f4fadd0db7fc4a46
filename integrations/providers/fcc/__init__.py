"""The FCC's broadband data: what carriers say they offer in the census block of a place.

The FCC has no official endpoint by address. It publishes files (Broadband Data Collection, by state
and technology, twice a year); an operator puts them into a folder that the account names, and they
are read here (files.py). The FCC's Area API, which is official and free, tells a place's block.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from integrations.auth import NO_AUTH
from integrations.errors import AccountUnusable, Pending
from integrations.provider import FREE, SECOND, Api, Fact, Provider, Question, Rate, Switch, days
from integrations.providers.fcc.files import FIBER, WIRELESS, Index, Offer, fingerprint, index_of
from integrations.providers.own.places import place_of
from integrations.reading import Reader

READ = Reader("FCC")
# Files do not tell 5G from LTE. LTE home internet is sold up to 50 Mbps, so what is advertised with
# 100 or more is 5G (ours, from the carriers' own offers of 2026).
FIVE_G_FROM_MBPS = 100
# A block has many houses: one of them has the offer, but not surely this one; none has is surer.
OFFERED_SURE, ABSENT_SURE = 0.6, 0.8
INDEXING_S, WAIT_S = 30.0, 2.0
WASHINGTON = {"latitude": "38.8977", "longitude": "-77.0365"}

FCC = Provider(
    slug="fcc",
    label="FCC broadband",
    docs="https://broadbandmap.fcc.gov/data-download",
    base_url="https://geo.fcc.gov/api/census",
    auth=NO_AUTH,
    secrets=(),
    rate=Rate(5, per=SECOND),
    switches=(
        Switch(
            "folder",
            "Folder of availability files",
            "",
            hint="With the CSV or ZIP files of broadbandmap.fcc.gov, fixed broadband by state",
        ),
        Switch("brand", "Carrier", "Verizon", hint="Part of the brand's name; empty: any carrier"),
    ),
    notice="Reads files that you download from broadbandmap.fcc.gov twice a year; without a folder"
    " nothing is asked. The map's own search has no official contract and is not used.",
)


@FCC.lookup(
    "fixed_wireless",
    needs={"latitude", "longitude"},
    supplies={
        "is_5g_home_available", "is_lte_home_available", "is_fios_available", "download_mbps",
        "upload_mbps", "coverage_checked_at",
    },
    price=FREE,
    fresh_for=days(180),
    label="Broadband in a block",
    is_on_by_default=False,
    note="What carriers declare for the census block, not for the house. Needs the FCC's files.",
)  # fmt: skip
async def fixed_wireless(api: Api, q: Question) -> list[Fact]:
    """Return what the carrier declares in the block of a place; nothing outside the country.

    Raises Pending while the files are read for the first time.
    """
    latitude, longitude = place_of(q)
    index = await _index(api)
    asked = {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}
    block = await _block(api, asked)
    if not block:
        return []
    brand = str(api.options.get("brand") or "").lower()
    offers = [offer for offer in index.at(block) if brand in offer.brand.lower()]
    facts = [
        Fact(name, has, OFFERED_SURE if has else ABSENT_SURE)
        for name, has in _told(offers, index.technologies(block[:2]))
    ]
    if not facts:
        return []
    for name, best in (
        ("download_mbps", max((offer.download_mbps for offer in offers), default=0)),
        ("upload_mbps", max((offer.upload_mbps for offer in offers), default=0)),
    ):
        if best:
            facts.append(Fact(name, best, OFFERED_SURE))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return [*facts, Fact("coverage_checked_at", now, OFFERED_SURE)]


@FCC.tests
async def ask_for_a_block(api: Api) -> str:
    """Return that the Area API answers, and what the folder holds."""
    await _block(api, WASHINGTON)
    folder = str(api.options.get("folder") or "")
    if not folder:
        return "The FCC answers. No folder of availability files is named yet."
    states = (await _index(api)).states()
    words = "1 state" if len(states) == 1 else f"{len(states)} states"
    return f"The FCC answers. The files tell of {words}."


def _told(offers: Iterable[Offer], technologies: frozenset[int]) -> list[tuple[str, bool]]:
    """Return what is offered; of a technology whose file is not in the folder nothing is said."""
    wireless = [offer for offer in offers if offer.technology in WIRELESS]
    told = []
    if WIRELESS & technologies:
        fast = [offer for offer in wireless if offer.download_mbps >= FIVE_G_FROM_MBPS]
        told.append(("is_5g_home_available", bool(fast)))
        told.append(("is_lte_home_available", len(fast) < len(wireless)))
    if FIBER in technologies:
        told.append(("is_fios_available", any(offer.technology == FIBER for offer in offers)))
    return told


async def _block(api: Api, asked: dict[str, Any]) -> str:
    """Return the block's 15 digits (2020 census), "" outside the country."""
    said = READ.body(await api.get("/block/find", **asked, censusYear="2020", format="json"))
    if READ.text(said, "status").upper() != "OK":
        raise READ.broken("status", said.get("status"))
    block = READ.text(READ.part(said, "Block"), "FIPS")
    if block and (len(block) != 15 or not block.isdigit()):
        raise READ.broken("Block.FIPS", block)
    return block


async def _index(api: Api) -> Index:
    """Return the index of the account's files; made on first use, in a thread of its own."""
    folder = Path(str(api.options.get("folder") or "")).expanduser()
    if not api.options.get("folder") or not folder.is_dir():
        raise AccountUnusable("FCC: the account names no folder of availability files")
    files = await asyncio.to_thread(fingerprint, folder)
    kept = api.memory.get("index")
    if kept is None or api.memory["files"] != files or _is_idle(kept):
        kept = api.memory["index"] = asyncio.ensure_future(asyncio.to_thread(index_of, folder))
        api.memory["files"] = files
    await asyncio.wait({kept}, timeout=WAIT_S)
    found: Index | None = kept.result() if kept.done() else None
    if found is None:
        raise Pending("FCC: the files are being read", retry_after_s=INDEXING_S)
    return found


def _is_idle(kept: asyncio.Future[Index | None]) -> bool:
    """Tell whether nothing comes of it any more: its loop is gone, or others read the files.

    A file that could not be read stays refused until the folder changes.
    """
    if kept.get_loop() is not asyncio.get_running_loop() or kept.cancelled():
        return True
    return kept.done() and not kept.exception() and kept.result() is None
