"""The service protection limits of the played Dynamics: requests and time in a sliding window."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

# learn.microsoft.com/power-apps/developer/data-platform/api-limits (2026): of one user, on one web
# server, in five minutes. How long an operation takes is ours: 15 ms.
REAL = {"requests": 6_000, "execution_s": 1_200, "window_s": 300, "op_ms": 15}


class Limits:
    """Counts always; refuses only where limits are set. Times are seconds."""

    def __init__(self) -> None:
        self.held: dict[str, float] = {}
        self._passed: deque[tuple[float, float]] = deque()
        self._spent_s = 0.0

    def hold(self, limits: Mapping[str, float] | bool) -> None:
        """Take limits: true for the real ones, false for none, or some of them."""
        self.held = ({**REAL} if limits else {}) if isinstance(limits, bool) else {**limits}

    def takes_s(self, operations: int) -> float:
        """Return how long a request of so many operations takes."""
        return operations * self.held.get("op_ms", 0) / 1000

    def broken(self, takes_s: float) -> tuple[str, int]:
        """Count a request; return which limit it breaks, and for how many seconds; ("", 0)."""
        now, window = time.monotonic(), self._window_s
        while self._passed and self._passed[0][0] <= now - window:
            self._spent_s -= self._passed.popleft()[1]
        for limit, over in (
            ("requests", len(self._passed) - self.held.get("requests", math.inf) + 1),
            ("execution", self._spent_s + takes_s - self.held.get("execution_s", math.inf)),
        ):
            if over > 0:
                return limit, self._wait_s(now, over, limit)
        self._passed.append((now, takes_s))
        self._spent_s += takes_s
        return "", 0

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return what every answer tells of them."""
        requests = self.held.get("requests", REAL["requests"]) - len(self._passed)
        left_s = self.held.get("execution_s", REAL["execution_s"]) - self._spent_s
        prefix = b"x-ms-ratelimit-"
        return [
            (prefix + b"burst-remaining-xrm-requests", b"%d" % max(requests, 0)),
            (prefix + b"time-remaining-xrm-requests", f"{max(left_s, 0):,.2f}".encode()),
        ]

    @property
    def _window_s(self) -> float:
        return self.held.get("window_s", REAL["window_s"])

    def _wait_s(self, now: float, over: float, limit: str) -> int:
        """Return the whole seconds until enough of what was counted is out of the window."""
        for at, spent_s in self._passed:
            over -= 1 if limit == "requests" else spent_s
            if over <= 0:
                return max(1, math.ceil(at + self._window_s - now))
        return max(1, math.ceil(self._window_s))


def told(limits: Any) -> bool:
    """Tell whether a value can be held."""
    return isinstance(limits, bool | dict)
