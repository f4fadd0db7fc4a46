"""What the pages know of Redis: whether it answers, and what the circuits in it say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import redis
from django.conf import settings

from integrations import fleet
from integrations.circuits import CircuitState
from integrations.redis_link import FAILURES, impatient
from integrations.registry import PROVIDERS

EVICTING = "Redis may throw away keys when its memory is full; set maxmemory-policy to noeviction."


@dataclass(frozen=True, slots=True)
class RedisState:
    """`problem` is empty when all is well; the work goes on in either case."""

    is_away: bool
    problem: str = ""
    used_mib: float = 0.0


def redis_state() -> RedisState:
    """Ask Redis how it is; takes half a second at the most."""
    try:
        told = _client(settings.REDIS_URL).info("memory")
    except FAILURES as error:
        return RedisState(True, f"Redis does not answer ({type(error).__name__}).")
    policy = str(told.get("maxmemory_policy", "noeviction"))
    problem = "" if policy == "noeviction" else EVICTING
    return RedisState(False, problem, int(told.get("used_memory", 0)) / 2**20)


def open_circuits() -> list[CircuitState]:
    """Return the circuits that let no call through."""
    return [state for state in fleet.board().states() if state.state != "closed"]


def circuit_label(key: str) -> str:
    """Return the provider's name for a circuit's key such as "twilio:sandbox"."""
    slug, _, mode = key.partition(":")
    name = next((of.label for of in PROVIDERS if of.slug == slug), slug)
    return f"{name} ({mode})" if mode else name


@lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis:
    return impatient(redis.Redis.from_url(url))
