"""How long changed contacts take to reach each CRM, beside what the CRM's own limits allow.

The sandbox enforces the limits as the vendors publish them. The floor is the time that these limits
leave to the best of clients; where none binds there is none, and the rate speaks for itself.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

from tests.bench.report import Result
from tests.integrations.sandbox.running import Running

COUNT, FEW = 100_000, 100
TARGET = {"ratio": 1.2, "few_s": 5.0}


@dataclass(frozen=True, slots=True)
class Limits:
    """What the sandbox is told to enforce, and what follows of it for so many changed contacts."""

    enforced: Any
    a_second: float = 0.0  # requests, where a rate binds
    per_call: int = 1
    window_s: float = 0.0  # of time that operations take
    a_window: int = 0  # operations in it
    divisor: int = 1  # of COUNT, where the floor of all would be many minutes

    def floor_s(self, count: int) -> float:
        """Return the least time, in seconds."""
        by_rate = ceil(count / self.per_call) / self.a_second if self.a_second else 0.0
        windows = (count - 1) // self.a_window if self.a_window else 0
        return max(by_rate, windows * self.window_s)


# 190 calls in 10 s of 100 records; 120 calls in 2 s of one, with a person's token and the largest
# plan; 1,200 s of execution in 300 s, 15 ms an operation. Salesforce has a day's limit alone.
OF: dict[str, Limits] = {
    "salesforce": Limits(None),
    "hubspot": Limits(True, a_second=19, per_call=100),
    "pipedrive": Limits({"plan": "ultimate", "seats": 10}, a_second=60, divisor=20),
    "dynamics": Limits(True, window_s=300, a_window=80_000),
}  # fmt: skip


def run(sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from tests.crm_sync.syncing.house import House

    for kind, limits in OF.items():
        count = COUNT // limits.divisor // (10 if is_quick else 1)
        sandbox.fresh()
        at = House(kind, sandbox, objects_on=["contact"])
        try:
            yield _measured(at, limits, count)
        finally:
            at.clear()
            at.close()


def _measured(at: Any, limits: Limits, count: int) -> Result:
    people = at.contacts(count)
    made_s = _synced(at)
    if limits.enforced:
        at.control(limits=limits.enforced)
    few_s = _changed(at, [one.pk for one in people[:FEW]], "few")
    cpu = time.process_time()
    seconds = _changed(at, [one.pk for one in people], "all")
    cpu = time.process_time() - cpu
    floor_s = limits.floor_s(count)
    ratio = seconds / floor_s if floor_s else None
    assert at.writes()["created"] == count
    return Result(
        f"crm_push:{at.connector.slug}",
        target=TARGET,
        is_met=few_s <= TARGET["few_s"] and (ratio is None or ratio <= TARGET["ratio"]),
        ratio=ratio and round(ratio, 3),
        seconds=round(seconds, 1), floor_s=round(floor_s, 1),
        per_second=round(count / seconds), few_s=round(few_s, 2),
        cpu_ms=round(cpu / count * 1000, 3), first_s=round(made_s, 1),
        settings={"contacts": count, "few": FEW, "limits": limits.enforced},
    )  # fmt: skip


def _changed(at: Any, ids: list[int], word: str) -> float:
    """Change contacts, and return how long they take to reach the CRM."""
    for start in range(0, len(ids), 10_000):
        at.edit_all(ids[start : start + 10_000], full_name=f"Changed {word}", last_name=word)
    before = at.writes().get("updated", 0)
    seconds = _synced(at)
    assert at.writes()["updated"] - before == len(ids)
    return seconds


def _synced(at: Any) -> float:
    began = time.perf_counter()
    done = at.sync(seconds=3600)
    while not done.finished_at:
        time.sleep(0.2)
        at.runtime.work(3600, should_stop=lambda: False)
        done.refresh_from_db()
    assert done.state == "done", done.reason
    return time.perf_counter() - began
