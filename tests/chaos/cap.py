"""Fifty workers against one cap: a cap of exactly 1,000 calls' money is never exceeded.

Ten processes with five engines each, every engine a worker of its own with its own connections
and claims. In every second race two of the processes are killed on the way; what they had in hand
counts as spent, so that fewer than 1,000 calls may be made then, but never one more.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import time
from contextlib import suppress
from typing import Any

from tests.chaos.audit import Audit, calls
from tests.integrations.sandbox.running import Running
from tests.lab.steady import one, rows

PROCESSES, ENGINES = 10, 5
CALLS = 1_000
CONTACTS = 1_300
IN_FLIGHT = 8
KILLED = 2
PATIENCE_S = 120.0

Child = Any  # multiprocessing's process of the "fork" context


def cap_races(sandbox: Running, count: int) -> Audit:
    """Return the audit of `count` races, with kills in every second one."""
    found = Audit({"races": count, "workers": PROCESSES * ENGINES, "cap_calls": CALLS, "paid": []})
    for number in range(count):
        _race(found, sandbox, by_account=number % 4 > 1, with_kills=number % 2 == 1)
    return found


def _race(found: Audit, sandbox: Running, *, by_account: bool, with_kills: bool) -> None:
    """Run one race; the cap is the run's, or the account's for the day."""
    from tests.lab import seeding

    cap_usd = seeding.PRICE_USD * CALLS
    sandbox.fresh(latency_ms=20.0, jitter_ms=20.0)
    seeding.prepare_account(
        max_in_flight=10 * PROCESSES * ENGINES, daily_cap_usd=cap_usd if by_account else None
    )
    seeding.fresh_contacts(CONTACTS)
    seeding.approved_run(seeding.one_lookup_recipe(), cap_usd=None if by_account else cap_usd)
    _work(with_kills=with_kills)
    paid = sum(call["charged"] for call in calls(sandbox))
    found.figures["paid"].append(paid)
    kind = f"race {len(found.figures['paid'])}"
    found.must(paid <= CALLS, f"{kind}: {paid} calls were paid, the cap is {CALLS}")
    found.must(with_kills or paid == CALLS, f"{kind}: only {paid} calls were paid, and no kill")
    most = one("SELECT max(spent_usd + reserved_usd) FROM integrations_budget")
    found.must(most <= cap_usd, f"{kind}: a budget holds {most}, the cap is {cap_usd}")
    left = one("SELECT sum(reserved_usd) FROM integrations_budget")
    found.must(left == 0, f"{kind}: {left} is left reserved")
    ((state, blocked_by),) = rows("SELECT state, blocked_by FROM enrichment_run")
    found.must(
        state == "blocked" and blocked_by.startswith("cap:"), f"{kind}: {state} {blocked_by}"
    )


def _work(*, with_kills: bool) -> None:
    """Let all work until the run stands still; the leases of the killed end at once."""
    children = [_start() for _ in range(PROCESSES)]
    victims: list[Child] = []
    if with_kills:
        time.sleep(random.uniform(0.6, 1.2))
        victims = random.sample(children, KILLED)
        for victim in victims:
            with suppress(ProcessLookupError):
                os.kill(victim.pid, signal.SIGKILL)
    for child in children:
        child.join(PATIENCE_S)
    if victims:
        _give_back([victim.pid for victim in victims])
        again = _start()
        again.join(PATIENCE_S)


def _give_back(pids: list[int]) -> None:
    """Do what the sweep does when the leases of these processes have run out."""
    from django.db import transaction

    from enrichment import services

    lost = rows("SELECT id FROM contacts_worker WHERE split_part(name, ':', 2)::int = ANY(%s)", pids)
    with transaction.atomic():
        rows("UPDATE contacts_worker SET gone_at = now() WHERE id = ANY(%s) RETURNING id",
             [id_ for (id_,) in lost])  # fmt: skip
        services.give_back([id_ for (id_,) in lost])


def _start() -> Child:
    from django.db import connections

    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=_child)
    child.start()
    return child


def _child() -> None:
    import uvloop

    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    uvloop.run(_five_engines())


async def _five_engines() -> None:
    from django.conf import settings

    from contacts import leases
    from enrichment.engine.engine import Engine
    from integrations.gate import open_gate

    gate = open_gate(settings.REDIS_URL, share=1 / PROCESSES)
    ids = [await asyncio.to_thread(leases.register) for _ in range(ENGINES)]
    engines = [Engine(gate, id_, in_flight=IN_FLIGHT) for id_ in ids]
    await asyncio.gather(*(engine.work(PATIENCE_S) for engine in engines))
    for engine in engines:
        await asyncio.to_thread(leases.leave, engine.worker_id)
        engine.close()
    await gate.aclose()
