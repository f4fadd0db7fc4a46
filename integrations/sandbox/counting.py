"""Counts what a key has asked within a window, for providers that tell what is left of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counter:
    """Fixed windows of `seconds`, counted from 1970 on, so a day ends at midnight UTC."""

    seconds: float
    _counts: dict[str, tuple[float, int]] = field(default_factory=dict)

    def add(self, key: str) -> int:
        """Count one more request of a key; return how many it has made in this window."""
        window = time.time() // self.seconds
        began, count = self._counts.get(key, (window, 0))
        count = count + 1 if began == window else 1
        self._counts[key] = (window, count)
        return count

    def ends_at(self) -> float:
        """Return when this window ends, in seconds since 1970."""
        return (time.time() // self.seconds + 1) * self.seconds
