"""The word to stop, shared with the children that Celery forks: it reaches those at work."""

from __future__ import annotations

import mmap

_stop = mmap.mmap(-1, 1)


def request_stop() -> None:
    """Ask every worker process of this family to finish what it has in hand and go."""
    _stop[0] = 1


def is_stopping() -> bool:
    return bool(_stop[0])
