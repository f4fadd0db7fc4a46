"""What a worker process keeps for its life: one event loop, one gate, one engine."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog
import uvloop
from django.conf import settings

from contacts import leases
from enrichment.engine.engine import Engine, LeaseLost
from integrations import fleet
from integrations.gate import Gate, open_gate
from integrations.services import ensure_accounts
from integrations.stopping import is_stopping

log = structlog.get_logger(__name__)
T = TypeVar("T")

# Allocations between two collections. At Python's 700 the collector walks over the hundreds of
# calls in flight several times for each contact: a quarter of a worker's CPU. Hardly anything
# here is a cycle, so waiting longer costs next to no memory.
GARBAGE_EVERY = (50_000, 20, 20)


class Runtime:
    """The loop and what lives on it; `work` may be called again and again."""

    def __init__(self) -> None:
        self._loop = uvloop.new_event_loop()
        self.gate: Gate = self.run(self._open_gate())
        self._engine: Engine | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the process's loop."""
        asyncio.set_event_loop(self._loop)
        return self._loop.run_until_complete(work)

    def work(self, seconds: float, should_stop: Callable[[], bool] = is_stopping) -> bool:
        """Work run items for about `seconds`; tell whether there may be more."""
        if self._engine is None:
            ensure_accounts()
            fleet.restore()
            self._engine = Engine(self.gate, leases.register())
        try:
            has_more = self.run(self._engine.work(seconds, should_stop))
            if not has_more:
                leases.leave(self._engine.worker_id)  # who rests is not lost
            return has_more
        except LeaseLost:
            log.warning("lease_lost", worker=str(self._engine.worker_id))
            self._forget_engine()
            return True
        except Exception:
            self._forget_engine()  # without leaving: what it has in hand is given back in a while
            raise

    def _forget_engine(self) -> None:
        if self._engine:
            self._engine.close()
            self._engine = None

    def close(self) -> None:
        """Leave: nothing in hand, connections closed."""
        if self._engine:
            leases.leave(self._engine.worker_id)
            self._engine.close()
            self._engine = None
        self.run(self.gate.aclose())
        self._loop.close()

    async def _open_gate(self) -> Gate:
        return open_gate(settings.REDIS_URL, share=1 / settings.WORKER_PROCESSES)


_runtime: Runtime | None = None


def runtime() -> Runtime:
    """Return this process's runtime, made at the first call (after Celery's fork)."""
    global _runtime  # noqa: PLW0603 - one per process is the point
    if _runtime is None:
        gc.freeze()  # what is imported by now stays anyway
        gc.set_threshold(*GARBAGE_EVERY)
        _runtime = Runtime()
    return _runtime


def close_runtime() -> None:
    """Close this process's runtime if it has one; for the end of a worker process."""
    global _runtime  # noqa: PLW0603
    if _runtime is not None:
        _runtime.close()
        _runtime = None
