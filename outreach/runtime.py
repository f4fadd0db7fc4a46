"""What a worker process keeps for its sends: an event loop, a gate and a sender of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import redis
import redis.asyncio
import structlog
import uvloop
from django.conf import settings

from contacts import leases
from integrations import fleet
from integrations.circuits import CircuitBoard
from integrations.gate import Gate
from integrations.limits import Limiter
from integrations.retrying import RetryPolicy
from integrations.services import ensure_accounts
from integrations.stopping import is_stopping
from outreach.sending.sender import LeaseLost, Sender

log = structlog.get_logger(__name__)
T = TypeVar("T")

# Nothing is repeated below the queue: whether a message may go is asked before every attempt.
ONCE = RetryPolicy(attempts=1)


class Runtime:
    """The loop and what lives on it; `work` may be called again and again."""

    def __init__(self) -> None:
        self._loop = uvloop.new_event_loop()
        self.gate: Gate = self.run(_open_gate())
        self._sender: Sender | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the process's loop."""
        asyncio.set_event_loop(self._loop)
        return self._loop.run_until_complete(work)

    def work(self, seconds: float, should_stop: Callable[[], bool] = is_stopping) -> bool:
        """Send for about `seconds`; tell whether there may be more."""
        if self._sender is None:
            ensure_accounts()
            fleet.restore()
            self._sender = Sender(self.gate, leases.register())
        try:
            has_more = self.run(self._sender.work(seconds, should_stop))
            if not has_more:
                leases.leave(self._sender.worker_id)  # who rests is not lost
            return has_more
        except LeaseLost:
            log.warning("lease_lost", worker=str(self._sender.worker_id))
            self._forget_sender()
            return True
        except Exception:
            self._forget_sender()  # without leaving: what it has in hand is given back in a while
            raise

    def _forget_sender(self) -> None:
        if self._sender:
            self._sender.close()
            self._sender = None

    def close(self) -> None:
        """Leave: nothing in hand, connections closed."""
        if self._sender:
            leases.leave(self._sender.worker_id)
            self._forget_sender()
        self.run(self.gate.aclose())
        self._loop.close()


async def _open_gate() -> Gate:
    share = 1 / settings.WORKER_PROCESSES
    board = CircuitBoard(redis.Redis.from_url(settings.REDIS_URL))
    limiter = Limiter(redis.asyncio.Redis.from_url(settings.REDIS_URL), share=share)
    return Gate(board, limiter, share=share, retry=ONCE)


_runtime: Runtime | None = None


def runtime() -> Runtime:
    """Return this process's runtime, made at the first call (after Celery's fork)."""
    global _runtime  # noqa: PLW0603 - one per process is the point
    if _runtime is None:
        _runtime = Runtime()
    return _runtime


def close_runtime() -> None:
    """Close this process's runtime if it has one; for the end of a worker process."""
    global _runtime  # noqa: PLW0603
    if _runtime is not None:
        _runtime.close()
        _runtime = None
