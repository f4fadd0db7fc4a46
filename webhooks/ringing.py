"""The doorbell of deliveries: workers hear at once that some wait, and find them by themselves."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from kombu.exceptions import OperationalError as BrokerAway

log = structlog.get_logger(__name__)

EVERY_S = 0.2


def ring() -> None:
    """Tell a worker that deliveries wait; with Redis away the sweep does."""
    from webhooks.tasks import work

    _ring(work)


def ring_out() -> None:
    """Tell a worker that something is owed to subscriptions."""
    from webhooks.tasks import send

    _ring(send)


def _ring(task: Any) -> None:
    try:
        task.apply_async(retry=False, expires=30)
    except BrokerAway as away:
        log.warning("nobody_rung", why=str(away))


class Ringer:
    """Rings in a thread of its own, so that no sender waits for it; every EVERY_S at most."""

    def __init__(self, ring: Callable[[], None] = ring, name: str = "ringer") -> None:
        self._ring, self._name = ring, name
        self._wanted = threading.Event()
        self._pid = 0

    def ring(self) -> None:
        """Have the bell rung soon."""
        if self._pid != os.getpid():  # the web server forks after loading us
            self._wanted = threading.Event()
            self._pid = os.getpid()
            threading.Thread(target=self._work, name=self._name, daemon=True).start()
        self._wanted.set()

    def _work(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            self._ring()
            time.sleep(EVERY_S)
