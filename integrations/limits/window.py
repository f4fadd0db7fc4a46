"""One rate over one window of time, and what this process granted within it; pure."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

LEAST_ALLOWANCE_S = 0.05
ALLOWANCE = 0.02
JOINED = 0.02
PAUSE_S = 2.05


@dataclass(slots=True)
class Grants:
    """Permits granted between `first` and `last` (monotonic seconds)."""

    first: float
    last: float
    count: int


class Window:
    """At most `limit` permits in any `stretched_s` seconds, of which this process may have `share`.

    `pause_s` is how long nothing is granted while the history is unknown.
    """

    def __init__(self, limit: int, seconds: float, share: float) -> None:
        self.limit = limit
        self.seconds = seconds
        self.allowance_s = max(LEAST_ALLOWANCE_S, ALLOWANCE * seconds)
        self.stretched_s = seconds + self.allowance_s
        self.pause_s = min(self.stretched_s, PAUSE_S)
        self.granted: deque[Grants] = deque()
        # A share of less than one permit is one permit in a longer window.
        part = limit * share
        self._own_limit = max(1, math.floor(part))
        self._own_s = self.stretched_s * max(1.0, self._own_limit / part)

    def add(self, now: float, count: int) -> None:
        self.forget(now)
        latest = self.granted[-1] if self.granted else None
        if latest is not None and now - latest.first < JOINED * self.seconds:
            latest.last = now
            latest.count += count
        else:
            self.granted.append(Grants(now, now, count))

    def forget(self, now: float) -> None:
        while self.granted and self.granted[0].last + self._own_s <= now:
            self.granted.popleft()

    def own_room(self, now: float) -> int:
        """Return how many permits this process may grant by itself."""
        self.forget(now)
        return max(0, self._own_limit - sum(grants.count for grants in self.granted))

    def own_wait_s(self, now: float) -> float:
        """Return in how many seconds this process's oldest permits come free."""
        return self.granted[0].last + self._own_s - now if self.granted else 0.0

    def unwritten(self, since: float, now: float) -> list[tuple[float, int]]:
        """Return (age in seconds, count) of what was granted after `since` and still counts."""
        oldest = max(since, now - self.stretched_s)
        return [
            (now - grants.last, grants.count) for grants in self.granted if grants.last > oldest
        ]
