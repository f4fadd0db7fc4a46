"""The fleet's circuits as people see and steer them; what they open by hand outlives Redis.

The workers read Redis only. A circuit opened by hand is also a row (`CircuitHold`); whoever looks,
a worker that starts and the sweep write it back where Redis has lost it. A reset takes the row away
first, and whoever wrote it back meanwhile looks again and takes that back: no lock is held while
Redis is asked.
"""

from __future__ import annotations

from functools import lru_cache

import redis
from django.conf import settings

from integrations.accounts import is_sandbox
from integrations.circuits import CircuitBoard, CircuitState
from integrations.models import CircuitHold
from integrations.registry import PROVIDERS


def board() -> CircuitBoard:
    """Return this process's view of the fleet's circuits, for looking and steering."""
    return _board(settings.REDIS_URL)


def circuit_key(slug: str, *, in_sandbox: bool) -> str:
    """Return the key of a provider's circuit in that mode."""
    return f"{slug}:sandbox" if in_sandbox else slug


def states() -> list[CircuitState]:
    """Return every circuit that Redis holds, and those opened by hand that it has lost."""
    found = board().states()
    held_there = {state.key for state in found if state.is_by_hand}
    if not restore(besides=held_there):
        return found
    return board().states()


def known_states() -> list[CircuitState]:
    """Return the circuits of every provider in the present mode, and all others that Redis holds;
    the open ones first."""
    known = {state.key: state for state in states()}
    in_sandbox = is_sandbox()
    for of in PROVIDERS:
        key = circuit_key(of.slug, in_sandbox=in_sandbox)
        known.setdefault(key, CircuitState(key, "closed", 0, None, None, "", "", ""))
    order = {"open": 0, "half-open": 1, "closed": 2}
    return sorted(known.values(), key=lambda state: (order[state.state], state.key))


def open_by_hand(key: str, reason: str, by: str) -> bool:
    """Open a circuit until `reset`; return whether the fleet knows, and then it is kept."""
    if not board().open_by_hand(key, reason, by):
        board().reset(key)  # of this process alone, which would go on refusing
        return False
    CircuitHold.objects.update_or_create(key=key, defaults={"reason": reason, "by": by})
    return True


def reset(key: str) -> bool:
    """Close a circuit and forget its failures; return whether the fleet knows."""
    hold = CircuitHold.objects.filter(key=key).first()
    CircuitHold.objects.filter(key=key).delete()
    if board().reset(key):
        return True
    if hold:  # the fleet goes on refusing, so it is still held
        CircuitHold.objects.get_or_create(key=key, defaults={"reason": hold.reason, "by": hold.by})
    return False


def restore(*, besides: set[str] | None = None) -> int:
    """Write held circuits back to a Redis that has lost them; return how many it had."""
    held = list(CircuitHold.objects.all())
    if besides is None and held:
        besides = {state.key for state in board().states() if state.is_by_hand}
    lost = [hold for hold in held if hold.key not in (besides or ())]
    for hold in lost:
        board().open_by_hand(hold.key, hold.reason, hold.by)
        if not CircuitHold.objects.filter(key=hold.key).exists():
            board().reset(hold.key)  # somebody reset it between our two looks
    return len(lost)


@lru_cache(maxsize=4)
def _board(url: str) -> CircuitBoard:
    return CircuitBoard(redis.Redis.from_url(url))
