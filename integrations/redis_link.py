"""Redis for decisions that cannot wait: short timeouts, no retries, a pause after a failure."""

from __future__ import annotations

import logging
from time import monotonic
from typing import Any

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

TIMEOUT_S = 0.5
PAUSE_S = 1.0
FAILURES = (RedisError, OSError)

log = logging.getLogger(__name__)


def impatient(client: redis.Redis) -> redis.Redis:
    """Return a client of the same server that fails within `TIMEOUT_S`, not after retries."""
    kwargs = _kwargs(client.connection_pool.connection_kwargs, Retry(NoBackoff(), 0))
    pool = client.connection_pool
    return redis.Redis(
        connection_pool=redis.ConnectionPool(connection_class=pool.connection_class, **kwargs)
    )


def impatient_async(client: redis.asyncio.Redis) -> redis.asyncio.Redis:
    """Return an asyncio client of the same server that fails within `TIMEOUT_S`."""
    kwargs = _kwargs(client.connection_pool.connection_kwargs, AsyncRetry(NoBackoff(), 0))
    pool = client.connection_pool
    return redis.asyncio.Redis(
        connection_pool=redis.asyncio.ConnectionPool(
            connection_class=pool.connection_class, **kwargs
        )
    )


def _kwargs(given: dict[str, Any], retry: object) -> dict[str, Any]:
    return {
        **given,
        "socket_timeout": TIMEOUT_S,
        "socket_connect_timeout": TIMEOUT_S,
        "retry": retry,
        "decode_responses": False,
    }


class Outage:
    """Whether Redis is away; after a failure nobody asks it for `PAUSE_S`, and one line is logged.

    `since` is the monotonic time of its beginning, None while Redis answers.
    """

    def __init__(self, who: str, policy: str) -> None:
        self.since: float | None = None
        self.ask_again_at = 0.0
        self._who = who
        self._policy = policy

    @property
    def is_pausing(self) -> bool:
        return self.since is not None and monotonic() < self.ask_again_at

    def begins(self, error: BaseException) -> None:
        now = monotonic()
        self.ask_again_at = now + PAUSE_S
        if self.since is None:
            self.since = now
            log.warning("%s: Redis is away (%s); %s", self._who, type(error).__name__, self._policy)

    def ends(self) -> None:
        if self.since is not None:
            log.info("%s: Redis is back after %.1f s", self._who, monotonic() - self.since)
            self.since = None
