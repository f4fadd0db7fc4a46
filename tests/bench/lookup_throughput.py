"""How many contacts a second the engine does with one lookup each, beside a bare loop of calls.

Both have the same number of processes, calls in flight and sandbox, and take turns. The loop calls
the project's shared httpx2 client (`ratio`); beside it, for the record, stands one over the aiohttp
session below that client, which is what the guard itself uses (`ratio_to_session`). Each is
timed from the word to go until the last of its processes has nothing left to do; for the engine
that includes its first claim and its last commit.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import Any

from tests.bench.report import Result
from tests.integrations.sandbox.running import Running
from tests.lab.spent import cpu_s, servers_s

ROUNDS, CONTACTS = 5, 20_000
QUICK_ROUNDS, QUICK_CONTACTS = 3, 4_000
PROCESSES = 2
IN_FLIGHT = 200  # calls, of each process
IN_HAND = 400  # contacts, of each worker: what waits for a claim, a permit or a write is in no call
LATENCY_MS = 100.0
TARGET = 0.7


@dataclass(slots=True)
class Round:
    per_second: float
    cpu_ms: dict[str, float] = field(default_factory=dict)


class Caller:
    """A process of `tests.bench.caller`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.hear()

    def tell(self, numbers: Sequence[str]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(numbers) + "\n")
        self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return dict(json.loads(self._process.stdout.readline()))


def run(sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from tests.lab import seeding

    rounds, contacts = (QUICK_ROUNDS, QUICK_CONTACTS) if is_quick else (ROUNDS, CONTACTS)
    sandbox.set(latency_ms=LATENCY_MS)
    seeding.prepare_account(max_in_flight=IN_FLIGHT * PROCESSES)
    yield compared(in_turns(sandbox, rounds, contacts), contacts)


def in_turns(sandbox: Running, rounds: int, contacts: int) -> dict[str, list[Round]]:
    """Return the rounds of the bare loop, of the one over a session, and of the engine."""
    from tests.lab import seeding

    numbers = list(islice(seeding.numbers(), contacts))
    shares = [numbers[n::PROCESSES] for n in range(PROCESSES)]
    recipe = seeding.one_lookup_recipe()
    found: dict[str, list[Round]] = {"bare": [], "session": [], "engine": []}
    with ExitStack() as stack:
        callers = {
            kind: [stack.enter_context(caller(kind)) for _ in range(PROCESSES)] for kind in found
        }
        for _ in range(rounds):
            for kind in ("bare", "session"):
                found[kind].append(one_round(callers[kind], shares, sandbox))
            seeding.fresh_contacts(contacts)
            made = seeding.approved_run(recipe)
            worked = one_round(callers["engine"], [[]] * PROCESSES, sandbox, contacts)
            found["engine"].append(worked)
            made.refresh_from_db()
            assert (made.state, made.done_count) == ("done", contacts), made.state
    return found


def compared(found: Mapping[str, Sequence[Round]], contacts: int) -> Result:
    """Set the engine's contacts a second beside the calls a second of both loops."""
    bare, session, engine = (
        median(one.per_second for one in found[kind]) for kind in ("bare", "session", "engine")
    )
    return Result(
        "lookup_throughput",
        target=TARGET,
        is_met=engine / bare >= TARGET,
        ratio=round(engine / bare, 3),
        per_second=round(engine),
        bare_per_second=round(bare),
        ratio_to_session=round(engine / session, 3),
        session_per_second=round(session),
        rounds=[round(one.per_second) for one in found["engine"]],
        bare_rounds=[round(one.per_second) for one in found["bare"]],
        cpu_ms=_median_cpu_ms(found["engine"]),
        bare_cpu_ms=_median_cpu_ms(found["bare"]),
        settings={
            "contacts": contacts,
            "processes": PROCESSES,
            "in_flight": IN_FLIGHT,
            "in_hand": IN_HAND,
            "latency_ms": LATENCY_MS,
        },
    )


def _median_cpu_ms(rounds: Sequence[Round]) -> dict[str, float]:
    return {part: median(one.cpu_ms[part] for one in rounds) for part in rounds[0].cpu_ms}


def one_round(
    callers: Sequence[Caller], shares: Sequence[Sequence[str]], sandbox: Running, calls: int = 0
) -> Round:
    """Let the callers do their shares at once; `calls` where the shares do not tell."""
    calls = calls or sum(map(len, shares))
    before = parts_s(sandbox)
    for each, share in zip(callers, shares, strict=True):
        each.tell(share)
    times = [each.hear() for each in callers]
    after = parts_s(sandbox)
    spent = {part: after[part] - before[part] for part in after}
    spent["callers"] = sum(one["cpu_s"] for one in times)
    seconds = max(one["ended"] for one in times) - min(one["began"] for one in times)
    cpu_ms = {part: round(cpu * 1000 / calls, 3) for part, cpu in spent.items()}
    return Round(calls / seconds, cpu_ms)


def parts_s(sandbox: Running) -> dict[str, float]:
    """Return the CPU seconds so far of the servers that take part."""
    return {"sandbox": cpu_s(sandbox.process.pid), **servers_s()}


@contextmanager
def caller(kind: str) -> Iterator[Caller]:
    command = [sys.executable, "-m", "tests.bench.caller", kind, str(IN_FLIGHT)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Caller(process)
    finally:
        process.kill()
        process.communicate()
