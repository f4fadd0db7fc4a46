"""The crash run: workers killed, Redis emptied, PostgreSQL restarted under a run at work."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import redis

from tests.chaos.audit import Audit, audit
from tests.integrations.sandbox.running import Running
from tests.lab.fleet import Fleet
from tests.lab.steady import one, rows

NODES, PROCESSES = 2, 2
FAULTY = {"rate_429": 0.05, "rate_5xx": 0.02, "rate_dropped": 0.01}
LATENCY = {"latency_ms": 50.0, "jitter_ms": 450.0}
LAST_KILL_AT = 0.9
LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Pace:
    """How long leases are, and how often a worker dies. `in_flight` contacts a process.

    After `stuck_s` in which nothing is finished it stands still.
    """

    lease_s: float
    sweep_s: float
    in_flight: int
    kill_every_s: tuple[float, float]
    stuck_s: float

    def settings(self) -> dict[str, str]:
        return {
            "SWITCHBOARD_LEASE_S": str(self.lease_s),
            "SWITCHBOARD_SWEEP_S": str(self.sweep_s),
            "SWITCHBOARD_IN_FLIGHT": str(self.in_flight),
            "SWITCHBOARD_WORKERS": str(NODES * PROCESSES),
        }


USUAL = Pace(lease_s=30, sweep_s=10, in_flight=25, kill_every_s=(4, 6), stuck_s=90)
# For the suite, which has the machine to itself least of all.
SHORT = Pace(lease_s=9, sweep_s=2, in_flight=8, kill_every_s=(3, 5), stuck_s=300)


@dataclass(slots=True)
class Faults:
    """Deals kills by the clock, and each of the planned faults at its share of the work."""

    fleet: Fleet
    pace: Pace
    kills: int = 0
    in_flight_at_kills: int = 0
    last_at: float = 0.0
    dealt: list[str] = field(default_factory=list)
    _kill_at: float = 0.0
    _planned: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._planned = [
            (0.2, self._flush_redis),
            (0.4, self._restart_postgres),
            (0.6, self._flush_redis),
            (0.8, self._restart_postgres),
        ]

    def deal(self, progress: float) -> None:
        """Deal what is due at this share (0 to 1) of finished items."""
        self.fleet.mend()
        if self._planned and progress >= self._planned[0][0]:
            self._planned.pop(0)[1]()
            self.last_at = time.monotonic()
        if 0 < progress < LAST_KILL_AT and time.monotonic() >= self._kill_at:
            self._kill()

    def _kill(self) -> None:
        is_first = not self._kill_at
        self._kill_at = time.monotonic() + random.uniform(*self.pace.kill_every_s)
        pids = [] if is_first else self.fleet.kill_one()
        if not pids:
            return
        self.last_at = time.monotonic()
        self.kills += 1
        self.dealt.append(f"kill {len(pids)}")
        self.in_flight_at_kills += one(
            "SELECT count(*) FROM integrations_reservation AS r JOIN contacts_worker AS w"
            " ON w.id = r.worker_id WHERE split_part(w.name, ':', 2)::int = ANY(%s)",
            pids,
        )

    def _flush_redis(self) -> None:
        from django.conf import settings

        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.flushall()
        self.dealt.append("flush")

    def _restart_postgres(self) -> None:
        from django.conf import settings

        settings.SERVICES.restart_postgres("immediate")
        self.dealt.append("restart")


def crash_run(sandbox: Running, pace: Pace, contacts: int, *, is_calm: bool) -> Audit:
    """Return the audit of a run over `contacts`, with faults unless it is to be calm."""
    from tests.lab import seeding

    sandbox.fresh(**LATENCY, **({} if is_calm else FAULTY))
    seeding.prepare_account(max_in_flight=NODES * PROCESSES * pace.in_flight)
    seeding.fresh_contacts(contacts)
    run = seeding.approved_run(seeding.one_lookup_recipe(), cap_usd=seeding.PLENTY_USD)
    began = time.monotonic()
    with Fleet(_log(), nodes=NODES, processes=PROCESSES) as fleet:
        faults = Faults(fleet, pace)
        is_done = _await_end(faults, pace, contacts, is_calm=is_calm)
        ended = time.monotonic()
    found = audit(sandbox, run.pk, in_flight_at_kills=faults.in_flight_at_kills, is_calm=is_calm)
    late_s = round(ended - faults.last_at, 1) if faults.last_at else None
    found.must(is_done, f"still at work {late_s} s after the last fault ({pace.stuck_s:g} allowed)")
    if not is_calm:
        found.must(faults.dealt.count("flush") == 2, "Redis was not emptied twice")
        found.must(faults.dealt.count("restart") == 2, "PostgreSQL was not restarted twice")
        found.must(faults.kills > 1, f"{faults.kills} kills are too few to prove anything")
    found.figures |= {
        "seconds": round(ended - began, 1),
        "kills": faults.kills,
        "in_flight_at_kills": faults.in_flight_at_kills,
        "lost_workers": one("SELECT count(*) FROM contacts_worker WHERE is_lost"),
        "seconds_after_last_fault": late_s,
        "stuck_s": pace.stuck_s,
        "pace": pace.settings(),
    }
    return found


def _await_end(faults: Faults, pace: Pace, contacts: int, *, is_calm: bool) -> bool:
    """Deal faults until all is done; False when it takes longer than it may after the last."""
    patience_s = pace.stuck_s + (contacts / 10 if is_calm else 0)
    moved_at, before = time.monotonic(), -1
    while True:
        finished, is_open = _look()
        if not is_open:
            return True
        if finished != before:
            moved_at, before = time.monotonic(), finished
        if not is_calm:
            faults.deal(finished / contacts)
        if time.monotonic() > max(moved_at, faults.last_at) + patience_s:
            return False
        time.sleep(LOOK_S)


def _look() -> tuple[int, bool]:
    """Return the finished items, and whether anything is still to be done or settled."""
    ((finished, state),) = rows("SELECT done_count + failed_count, state FROM enrichment_run")
    left = one("SELECT count(*) FROM integrations_reservation")
    return int(finished), state not in ("done", "blocked") or bool(left)


def _log() -> Path:
    from django.conf import settings

    return Path(settings.HOME) / "workers.log"
