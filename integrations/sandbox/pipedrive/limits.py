"""Pipedrive's limits: tokens of a day, requests in two seconds, and the block of who goes on.

Source: pipedrive.readme.io/docs/core-api-concepts-rate-limiting, costs from the API's reference
(2026-09). None holds until it is set.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from integrations.sandbox.pipedrive.answers import Refused

WINDOW_S = 2.0
TOKENS_A_DAY = 30_000
MULTIPLIERS = {"lite": 1, "growth": 2, "premium": 5, "ultimate": 7}
BURSTS = {"lite": (20, 80), "growth": (40, 160), "premium": (100, 400), "ultimate": (120, 480)}
SEARCH_BURST = 10
COSTS = {"GET": 1, "POST": 5, "PATCH": 5, "DELETE": 3}
LISTED = re.compile(r"/api/v2/\w+")
Header = tuple[bytes, bytes]


def cost(method: str, path: str) -> int:
    """Return the tokens that a request costs."""
    if path.endswith(("/search", "/recents")):
        return 20
    if path.startswith("/api/v1/users"):
        return 2
    if method == "GET" and LISTED.fullmatch(path):
        return 10
    return COSTS.get(method, 5)


class Limits:
    """Counts while set: {"plan": "lite", "seats": 1}, or {"tokens": 100, "burst": 20} outright.

    `is_app` gives the larger burst of apps. With `patience` above 0, so many 429s in a row end in
    Cloudflare's 403. None of a request's cost is taken where it is refused.
    """

    def __init__(self, wanted: Mapping[str, Any] | None = None) -> None:
        wanted = wanted or {}
        self.is_on = bool(wanted)
        plan = wanted.get("plan", "lite")
        self.tokens = wanted.get(
            "tokens", TOKENS_A_DAY * MULTIPLIERS[plan] * wanted.get("seats", 1)
        )
        self.left = wanted.get("left", self.tokens)
        self.burst = wanted.get("burst", BURSTS[plan][bool(wanted.get("is_app"))])
        self.patience = wanted.get("patience", 0)
        self.given = 0
        self.in_row = 0
        self._all: deque[float] = deque()
        self._searches: deque[float] = deque()

    def take(self, method: str, path: str) -> list[Header]:
        """Count a request and return the headers of its answer. Raises Refused: 429, or 403."""
        if not self.is_on:
            return []
        now, is_search = time.monotonic(), path.endswith("/search")
        window, most = self._all, self.burst
        if is_search:
            window, most = self._searches, SEARCH_BURST
        while window and window[0] <= now - WINDOW_S:
            window.popleft()
        price = cost(method, path)
        if self.left < price or len(window) >= most:
            self._refuse()
        self.in_row = 0
        self.left -= price
        window.append(now)
        return self.headers(most, most - len(window))

    def headers(self, most: int | None = None, left: int = 0) -> list[Header]:
        """Return what is told of the limits."""
        told = {
            "x-ratelimit-limit": most or self.burst,
            "x-ratelimit-remaining": left,
            "x-ratelimit-reset": 2,
            "x-daily-ratelimit-token-limit": self.tokens,
            "x-daily-ratelimit-token-remaining": self.left if self.left >= 5 else 0,
        }
        return [(name.encode(), str(value).encode()) for name, value in told.items()]

    def _refuse(self) -> None:
        self.given += 1
        self.in_row += 1
        if 0 < self.patience < self.in_row:
            raise Refused(403, "")
        raise Refused(429, "request over limit")
