"""How long answers took, counted in classes, so that a day's p50 and p95 need no list of calls.

A class ends a third of a doubling above the one before, from 10 ms to 65 s: a percentile read from
it is at most 13 % off.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

FIRST_MS = 10.0
STEP = 2 ** (1 / 3)
BOUNDS_MS: tuple[float, ...] = tuple(FIRST_MS * STEP**n for n in range(39))
CLASSES = len(BOUNDS_MS) + 1  # the last is of all that took longer


def counted(times_ms: Iterable[int]) -> list[int]:
    """Return how many of the times, in ms, fall into each class."""
    counts = [0] * CLASSES
    for ms in times_ms:
        counts[bisect_left(BOUNDS_MS, ms)] += 1
    return counts


def added(several: Iterable[Sequence[int]]) -> list[int]:
    """Return the sums by class; an empty list counts for nothing."""
    sums = [0] * CLASSES
    for counts in several:
        for at, count in enumerate(counts):
            sums[at] += count
    return sums


def percentile(counts: Sequence[int], share: float) -> int | None:
    """Return the time in ms within which this share (0 to 1) was answered; None of nothing.

    Within a class the times are taken to lie evenly.
    """
    total = sum(counts)
    if not total:
        return None
    wanted, below = share * total, 0
    for at, count in enumerate(counts):
        if count and below + count >= wanted:
            low = BOUNDS_MS[at - 1] if at else 0.0
            high = BOUNDS_MS[at] if at < len(BOUNDS_MS) else low
            return round(low + (high - low) * (wanted - below) / count)
        below += count
    return None
