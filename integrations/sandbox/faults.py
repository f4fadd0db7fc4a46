"""Decides which request meets a fault, the same way in every run with the same seed."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from hashlib import blake2b

from integrations.sandbox.settings import Settings

ANSWERED, THROTTLED, FAILED, DROPPED, REFUSED = range(5)
OUTCOMES = ("answered", "throttled", "failed", "dropped", "refused")

# Questions that met a fault; enough for 8 % of two million with room to spare.
MEMORY = 500_000


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that a magic number asks for: always, or the first time only."""

    outcome: int
    status: int = 0
    body: bytes = b""
    retry_after: str = ""
    is_once: bool = False


class Faults:
    """Rolls a die per question and turn, so that order and request ids do not matter.

    A question that met a fault rolls anew the next time; one that was answered is answered again.
    """

    def __init__(self) -> None:
        self.dealt: dict[str, int] = {}
        self._let_through: deque[float] = deque()

    def reset(self) -> None:
        self.dealt.clear()
        self._let_through.clear()

    def note(self, question: str) -> None:
        """Remember that this question met a fault."""
        if len(self.dealt) >= MEMORY:
            del self.dealt[next(iter(self.dealt))]
        self.dealt[question] = self.dealt.get(question, 0) + 1

    def roll(self, settings: Settings, question: str) -> int:
        """Return the outcome that the rates give this question at its next turn."""
        throttled = settings.rate_429
        failed = throttled + settings.rate_5xx
        dropped = failed + settings.rate_dropped
        if not dropped:
            return ANSWERED
        turn = self.dealt.get(question, 0)
        seed = f"{settings.seed}|{turn}|{question}".encode()
        die = int.from_bytes(blake2b(seed, digest_size=6).digest(), "big") / (1 << 48)
        if die >= dropped:
            return ANSWERED
        if die < throttled:
            return THROTTLED
        return FAILED if die < failed else DROPPED

    def is_over_limit(self, settings: Settings, now: float) -> bool:
        """Return whether one more request would pass limit_per_s; counts it when it does not."""
        if not settings.limit_per_s:
            return False
        passed = self._let_through
        while passed and passed[0] <= now - settings.limit_window_s:
            passed.popleft()
        if len(passed) >= settings.limit_per_s:
            return True
        passed.append(now)
        return False
