"""The doorbell of deliveries: workers hear at once that some wait, and find them by themselves."""

from __future__ import annotations

import os
import threading
import time

import structlog
from kombu.exceptions import OperationalError as BrokerAway

log = structlog.get_logger(__name__)

EVERY_S = 0.2


def ring() -> None:
    """Tell a worker that deliveries wait; with Redis away the sweep does."""
    from webhooks.tasks import work

    try:
        work.apply_async(retry=False, expires=30)
    except BrokerAway as away:
        log.warning("nobody_rung", why=str(away))


class Ringer:
    """Rings in a thread of its own, so that no sender waits for Redis; every EVERY_S at most."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._pid = 0

    def ring(self) -> None:
        """Have the bell rung soon."""
        if self._pid != os.getpid():  # the web server forks after loading us
            self._wanted = threading.Event()
            self._pid = os.getpid()
            threading.Thread(target=self._work, name="ringer", daemon=True).start()
        self._wanted.set()

    def _work(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            ring()
            time.sleep(EVERY_S)
