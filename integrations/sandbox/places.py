"""The invented firms of a place, in an order that stays: what searches for businesses find."""

from __future__ import annotations

from functools import lru_cache

from integrations.sandbox.invented import Die
from integrations.sandbox.world import SORTS, TRADES, Firm, firm_at

NOWHERE = ("00000", "99999")  # ZIPs that nobody has


@lru_cache(maxsize=2_000)
def firms_in(place: str, term: str = "") -> tuple[Firm, ...]:
    """Return the firms of a ZIP or town, those of the trade first asked for; up to 90.

    Places that lie side by side share some firms, so that two searches find one firm twice.
    """
    if place.strip() in NOWHERE:
        return ()
    die = Die(f"places|{place.strip().lower()[:4]}")
    wanted = [
        (trade, kind)
        for trade, industry, kind in TRADES
        if not term or term.lower() in f"{trade} {industry} {kind}".lower().replace("_", " ")
    ]
    count = die.below(90) if not term else die.below(25)
    found = []
    for _ in range(count if wanted else 0):
        trade, _ = die.pick(wanted)
        found.append(firm_at(f"{die.pick(SORTS)}{trade}.test".lower()))
    return tuple(dict.fromkeys(found))
