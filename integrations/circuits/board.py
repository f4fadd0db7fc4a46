"""All circuits of a process, and their records in Redis."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from threading import RLock
from time import monotonic
from typing import Any

import redis
from pybreaker import CircuitBreakerListener
from redis.commands.core import Script

from integrations.circuits.circuit import Circuit
from integrations.circuits.record import CircuitState, Record
from integrations.redis_link import FAILURES, Outage, impatient

PREFIX = "circuit:"
KEPT_S = 86_400
SWAPS = 100

READ = """
local now = redis.call('TIME')
local held = #KEYS > 0 and redis.call('MGET', unpack(KEYS)) or {}
return {now[1], now[2], held}
"""

SWAP = """
local held = redis.call('GET', KEYS[1]) or ''
if held ~= ARGV[1] then return {0, held} end
if ARGV[3] == '0' then redis.call('SET', KEYS[1], ARGV[2])
else redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) end
return {1, ARGV[2]}
"""

Rule = Callable[[Record, float], Record]

log = logging.getLogger(__name__)


class CircuitBoard:
    """The circuits of one process; `redis=None` keeps them in the process alone.

    `listeners` are pybreaker's; they hear each change of state once per process, when it notices.
    """

    def __init__(
        self,
        redis: redis.Redis | None,
        *,
        refresh_s: float = 0.25,
        trial_lease_s: float = 30.0,
        listeners: Sequence[CircuitBreakerListener] = (),
    ) -> None:
        self.lock = RLock()
        self.stale_at = 0.0  # monotonic
        self.trial_lease_s = trial_lease_s
        self.listeners = tuple(listeners)
        self._refresh_s = refresh_s
        self._circuits: dict[str, Circuit] = {}
        self._ahead_s = time.time() - monotonic()
        self._outage = Outage("circuits", "each process decides on its own view")
        self._redis = client = None if redis is None else impatient(redis)
        self._reading = None if client is None else client.register_script(READ)
        self._swapping = None if client is None else client.register_script(SWAP)

    def circuit(self, key: str, *, fail_max: int = 5, reset_s: float = 60.0) -> Circuit:
        """Return the circuit `key`, the same object each time; the first thresholds given hold."""
        found = self._circuits.get(key)
        if found is None:
            with self.lock:
                found = self._circuits.setdefault(key, Circuit(self, key, fail_max, reset_s))
                self.stale_at = 0.0
        return found

    def states(self) -> list[CircuitState]:
        """Return every circuit that Redis holds, by key; those of this process when it is away."""
        records = self._stored()
        if records is None:
            with self.lock:
                records = {circuit.key: circuit.record for circuit in self._circuits.values()}
        now = self.now()
        return [records[key].shown(key, now) for key in sorted(records)]

    def open_by_hand(self, key: str, reason: str, by: str) -> bool:
        """Open until `reset`; return whether the fleet knows, False when only this process does."""
        return self._by_hand(key, lambda record, now: record.opened_by_hand(now, reason, by))

    def reset(self, key: str) -> bool:
        """Close and forget the failures; return whether the fleet knows."""
        return self._by_hand(key, lambda record, now: record.reset(now))

    def now(self) -> float:
        """Return seconds since 1970 on Redis's clock, as far as it is known."""
        return monotonic() + self._ahead_s

    def refresh(self) -> None:
        """Read the records of all circuits of this process, if the view is old."""
        if monotonic() < self.stale_at:
            return
        with self.lock:
            circuits = list(self._circuits.values())
            raws = self._read([circuit.key for circuit in circuits])
            self.stale_at = monotonic() + self._refresh_s
            for circuit, raw in zip(circuits, raws or (), strict=False):
                self._compare(circuit, raw)
                circuit.notice()

    def apply(self, circuit: Circuit, rule: Rule) -> bool:
        """Change the record by a rule, atomically in the fleet; return whether it changed.

        The rule may run several times. When Redis is away the change holds in this process.
        """
        with self.lock:
            for _ in range(SWAPS):
                changed = rule(circuit.record, self.now())
                if changed is circuit.record:
                    return False
                if self._write(circuit, changed):
                    return True
            log.error("circuits: %s changes too fast to be written", circuit.key)
            return False

    def _by_hand(self, key: str, rule: Rule) -> bool:
        with self.lock:
            circuit = self._circuits.get(key) or Circuit(self, key, 5, 60.0)
            self.stale_at = 0.0
            for known, raw in zip([circuit], self._read([key]) or (), strict=False):
                self._compare(known, raw)
            self.apply(circuit, rule)
            circuit.notice()
            return self._outage.since is None

    def _write(self, circuit: Circuit, record: Record) -> bool:
        """Write a record if Redis holds what we last saw; if not, learn what it holds instead."""
        raw = record.encoded()
        kept_s = 0 if record.by_hand else KEPT_S
        answer = self._ask(self._swapping, [circuit.key], [circuit.raw, raw, kept_s])
        if answer is None:
            circuit.record, circuit.is_ahead = record, True
            return True
        is_written, held = answer
        if is_written:
            self._take(circuit, record, raw)
            return True
        self._compare(circuit, held)
        return False

    def _compare(self, circuit: Circuit, raw: bytes) -> None:
        """Learn what Redis holds, or write back what it has lost or missed (see the package)."""
        mine, told = circuit.record, Record.decoded(raw)
        is_unchanged = raw == circuit.raw
        if is_unchanged and not circuit.is_ahead:
            circuit.seen = monotonic()
            return
        is_missed = circuit.is_ahead and (
            is_unchanged or (mine.is_open and mine.changed_at > told.changed_at)
        )
        # A closing stays written for KEPT_S: what is missing sooner was lost, not closed.
        is_lost = not raw and mine.is_open and monotonic() < circuit.seen + KEPT_S
        if not (is_missed or is_lost):
            self._take(circuit, told, raw)
            return
        circuit.raw = raw
        self._write(circuit, mine if raw else mine.rewritten(self.now(), self.trial_lease_s))

    def _take(self, circuit: Circuit, record: Record, raw: bytes) -> None:
        circuit.record, circuit.raw = record, raw
        circuit.seen, circuit.is_ahead = monotonic(), False

    def _stored(self) -> dict[str, Record] | None:
        """Return every record in Redis by circuit key; None when it is away."""
        if self._redis is None or self._outage.is_pausing:
            return None
        try:
            found = self._redis.scan_iter(match=f"{PREFIX}*", count=1000)
            keys = [name.decode().removeprefix(PREFIX) for name in found]
        except FAILURES as error:
            self._outage.begins(error)
            return None
        raws = self._read(keys)
        if raws is None:
            return None
        return {k: Record.decoded(raw) for k, raw in zip(keys, raws, strict=True) if raw}

    def _read(self, keys: Sequence[str]) -> list[bytes] | None:
        """Return what Redis holds for each key, empty for nothing, and set our clock by its own."""
        answer = self._ask(self._reading, keys, [])
        if answer is None:
            return None
        seconds, microseconds, held = answer
        self._ahead_s = int(seconds) + int(microseconds) / 1e6 - monotonic()
        return [raw or b"" for raw in held]

    def _ask(self, script: Script | None, keys: Sequence[str], args: Sequence[bytes | int]) -> Any:
        """Run a script; None when Redis is away."""
        if script is None or self._outage.is_pausing:
            return None
        try:
            answer = script(keys=[PREFIX + key for key in keys], args=args)
        except FAILURES as error:
            self._outage.begins(error)
            return None
        self._outage.ends()
        return answer
