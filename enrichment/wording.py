"""How time and typed amounts are written for people."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

CENT = Decimal("0.01")


def duration(seconds: float) -> str:
    """Return "40 s", "12 min" or "2 h 5 min"."""
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 5400 else f"{whole // 3600} h {whole % 3600 // 60} min"


def cents_above(amount: Decimal | str) -> Decimal:
    """Return the amount rounded up to whole cents."""
    return Decimal(amount).quantize(CENT, rounding=ROUND_CEILING)


def plain(amount: Decimal) -> str:
    """Return an amount as one types it: "20", "12.5"."""
    return f"{amount.normalize():f}"
