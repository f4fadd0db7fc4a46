"""The limits of the played HubSpot: of ten seconds, of searches, of the day."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping

# developers.hubspot.com/docs/guides/apps/api-usage/usage-details, a Professional account.
REAL = {"burst": 190, "search": 5, "daily": 650_000}
INTERVAL_MS = 10_000


class Limits:
    """Counts and, once told which limits hold, refuses. Without any, all is let through."""

    def __init__(self) -> None:
        self.held: dict[str, int] = {}
        self.is_oauth = False
        self.today = 0
        self._burst: deque[float] = deque()
        self._searches: deque[float] = deque()

    def hold(self, limits: Mapping[str, int] | bool) -> None:
        self.held = (dict(REAL) if limits else {}) if isinstance(limits, bool) else dict(limits)

    def policy(self, *, is_search: bool) -> str:
        """Count a call; return the policy that it breaks, "" where it may pass."""
        now = time.monotonic()
        if self.today >= self.held.get("daily", 1 << 60):
            return "DAILY"
        if is_search and not _passes(self._searches, now, 1.0, self.held.get("search")):
            return "SECONDLY"
        if not is_search and not _passes(self._burst, now, 10.0, self.held.get("burst")):
            return "TEN_SECONDLY_ROLLING"
        self.today += 1
        return ""

    def headers(self, *, is_search: bool) -> list[tuple[bytes, bytes]]:
        """Return what an answer tells; a search tells nothing, and nobody with OAuth of the day."""
        if is_search:
            return []
        most = self.held.get("burst", REAL["burst"])
        day = self.held.get("daily", REAL["daily"])
        said = {
            "max": most,
            "remaining": max(0, most - len(self._burst)),
            "interval-milliseconds": INTERVAL_MS,
        }
        if not self.is_oauth:
            said |= {"daily": day, "daily-remaining": max(0, day - self.today)}
        return [(b"x-hubspot-ratelimit-" + name.encode(), b"%d" % n) for name, n in said.items()]


def _passes(passed: deque[float], now: float, window_s: float, most: int | None) -> bool:
    while passed and passed[0] <= now - window_s:
        passed.popleft()
    if most is not None and len(passed) >= most:
        return False
    passed.append(now)
    return True
