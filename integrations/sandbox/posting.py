"""Posts what played providers tell of themselves, signed, to addresses of this machine only.

As badly as wanted: dropped, repeated, delayed and out of order, the same way in every run with the
same seed.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from twilio.request_validator import RequestValidator

from integrations.sandbox.settings import Settings

AT_A_TIME = 32
ANSWER_S = 5.0
SHUFFLED_STEPS = 10


@dataclass(frozen=True, slots=True)
class Post:
    """A form for an address, signed with a token as Twilio signs; `key` tells posts apart."""

    url: str
    form: Mapping[str, str]
    token: str
    key: str


class Poster:
    """Posts at their time; what is due waits while AT_A_TIME are under way."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self.settings = settings
        self._waiting: list[tuple[float, int, Post]] = []
        self._order = itertools.count()
        self._task: asyncio.Task[None] | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self.forget()

    def forget(self) -> None:
        """Post nothing more of what waits, and count anew."""
        self._waiting.clear()
        self.counts = dict.fromkeys(("posted", "dropped", "failed", "refused"), 0)

    def post(self, post: Post, in_s: float = 0.0) -> None:
        """Post in so many seconds, as the settings have it."""
        settings = self.settings()
        if not is_ours(post.url):
            self.counts["refused"] += 1
            return
        if _die(settings.seed, "drop", post.key) < settings.callbacks_dropped:
            self.counts["dropped"] += 1
            return
        for copy in range(1 + settings.callbacks_repeated):
            wait_s = in_s + settings.callbacks_delay_ms / 1000
            if settings.callbacks_shuffled:
                span_s = SHUFFLED_STEPS * settings.status_step_ms / 1000
                wait_s = span_s * _die(settings.seed, "when", f"{post.key}|{copy}")
            item = (time.monotonic() + wait_s, next(self._order), post)
            heapq.heappush(self._waiting, item)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def aclose(self) -> None:
        """Stop posting and close the connections."""
        self._waiting.clear()
        for task in (self._task, *self._under_way):
            if task:
                task.cancel()
        if self._session:
            await self._session.close()

    async def _run(self) -> None:
        """Post what is due until nothing waits."""
        while self._waiting:
            due = self._waiting[0][0] - time.monotonic()
            if due > 0 or len(self._under_way) >= AT_A_TIME:
                await asyncio.sleep(min(max(due, 0.001), 0.02))
                continue
            _, _, post = heapq.heappop(self._waiting)
            sending = asyncio.create_task(self._send(post))
            self._under_way.add(sending)
            sending.add_done_callback(self._under_way.discard)

    async def _send(self, post: Post) -> None:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=ANSWER_S)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)
        signature = RequestValidator(post.token).compute_signature(post.url, dict(post.form))
        headers = {"X-Twilio-Signature": signature}
        try:
            async with self._session.post(post.url, data=post.form, headers=headers) as answer:
                is_taken = 200 <= answer.status < 300
        except (aiohttp.ClientError, OSError):
            is_taken = False
        self.counts["posted" if is_taken else "failed"] += 1


def is_ours(url: str) -> bool:
    """Tell whether an address is this machine's; a played provider posts nowhere else."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "http":
        return False
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _die(seed: int, what: str, key: str) -> float:
    """Return 0 to 1, always the same for the same."""
    digest = blake2b(f"{seed}|{what}|{key}".encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / (1 << 48)
