"""Counts of a minute, in Redis for the fleet or in this process while Redis is away."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings

from integrations.redis_link import FAILURES, Outage, impatient

KEPT_S = 61
PREFIX = "webhooks:count:"
MOST_NAMES = 10_000
POLICY = "each web process counts what is posted by itself"

# KEYS: one hash per claim, {second: count}. ARGV: per claim its limit, what it adds, "1" to add it
# whatever the limit says. Returns the seconds to wait; what is not forced adds only when that is 0.
SCRIPT = """
local now = tonumber(redis.call('TIME')[1])
local wait = 0
for i, key in ipairs(KEYS) do
  local held, used, seconds = redis.call('HGETALL', key), tonumber(ARGV[3 * i - 1]), {}
  for j = 1, #held, 2 do
    local at = tonumber(held[j])
    if at <= now - 61 or at > now then
      redis.call('HDEL', key, held[j])
    else
      used = used + tonumber(held[j + 1])
      seconds[#seconds + 1] = {at, tonumber(held[j + 1])}
    end
  end
  table.sort(seconds, function(a, b) return a[1] < b[1] end)
  for _, one in ipairs(seconds) do
    if used <= tonumber(ARGV[3 * i - 2]) then break end
    used = used - one[2]
    wait = math.max(wait, one[1] + 61 - now)
  end
  if used > tonumber(ARGV[3 * i - 2]) then wait = math.max(wait, 61) end
end
for i, key in ipairs(KEYS) do
  local adds = tonumber(ARGV[3 * i - 1])
  if adds > 0 and (wait == 0 or ARGV[3 * i] == '1') then
    redis.call('HINCRBY', key, now, adds)
    redis.call('EXPIRE', key, 62)
  end
end
return wait
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A wish to count `adds` more under a name that may have `most` in any minute.

    `is_forced`: count it whatever the limit says.
    """

    name: str
    most: int
    adds: int = 1
    is_forced: bool = False


class Counts:
    """The counts as one process reaches them; used by all its threads."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = impatient(client)
        self._script: Any = self._client.register_script(SCRIPT)
        self._outage = Outage("webhooks", POLICY)
        self._lock = threading.Lock()
        self._own: dict[str, Counter[int]] = {}

    def claim(self, *claims: Claim) -> int:
        """Count all of them or, save what is forced, none; return the seconds to wait, 0 if so."""
        if not self._outage.is_pausing:
            try:
                arguments = [x for c in claims for x in (c.most, c.adds, int(c.is_forced))]
                keys = [PREFIX + one.name for one in claims]
                wait_s = int(self._script(keys=keys, args=arguments))
            except FAILURES as failure:
                self._outage.begins(failure)
            else:
                self._outage.ends()
                return wait_s
        with self._lock:
            return self._claim_here(claims, int(time.time()))

    def _claim_here(self, claims: Sequence[Claim], now: int) -> int:
        if len(self._own) > MOST_NAMES:  # somebody posts from everywhere
            self._own.clear()
        held = [self._own.setdefault(one.name, Counter()) for one in claims]
        for counted in held:
            for at in [at for at in counted if at <= now - KEPT_S]:
                del counted[at]
        wait_s = max(_wait(one, of, now) for one, of in zip(claims, held, strict=True))
        for one, counted in zip(claims, held, strict=True):
            if one.adds and (wait_s == 0 or one.is_forced):
                counted[now] += one.adds
        return wait_s


def _wait(claim: Claim, counted: Counter[int], now: int) -> int:
    used, wait_s = claim.adds + counted.total(), 0
    for at in sorted(counted):
        if used <= claim.most:
            return wait_s
        used -= counted[at]
        wait_s = max(wait_s, at + KEPT_S - now)
    return wait_s if used <= claim.most else max(wait_s, KEPT_S)


def counts() -> Counts:
    """Return this process's way to the fleet's counts."""
    return _counts(settings.REDIS_URL)


@lru_cache(maxsize=1)
def _counts(url: str) -> Counts:
    return Counts(redis.Redis.from_url(url))
