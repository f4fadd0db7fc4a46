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
from decimal import Decimal
from typing import Any

from tests.chaos.audit import Audit, calls
from tests.integrations.sandbox.running import Running
from tests.lab.steady import one, rows

PROCESSES, ENGINES = 10, 5
CALLS = 1_000
CONTACTS = 1_300
IN_FLIGHT = 8
KILLED = 2
PATIENCE_S = 600.0

Child = Any  # multiprocessing's process of the "fork" context


def cap_races(sandbox: Running, count: int) -> Audit:
    """Return the audit of `count` races, with kills in every second one."""
    sizes = {"races": count, "workers": PROCESSES * ENGINES, "cap_calls": CALLS}
    found = Audit({**sizes, "paid": [], "in_flight_at_kills": []})
    for number in range(count):
        _race(found, sandbox, by_account=number % 4 > 1, with_kills=number % 2 == 1)
    lost = sum(found.figures["in_flight_at_kills"])
    found.must(count < 2 or lost > 0, "no kill met a call in flight: it proves nothing")
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
    lost = _work(cap_usd, with_kills=with_kills)
    found.figures["in_flight_at_kills"] += [lost] if with_kills else []
    paid = sum(call["charged"] for call in calls(sandbox))
    found.figures["paid"].append(paid)
    kind = f"race {len(found.figures['paid'])}"
    found.must(paid <= CALLS, f"{kind}: {paid} calls were paid, the cap is {CALLS}")
    found.must(with_kills or paid == CALLS, f"{kind}: only {paid} calls were paid, and no kill")
    most = one("SELECT max(spent_usd + reserved_usd) FROM integrations_budget")
    found.must(most <= cap_usd, f"{kind}: a budget holds {most}, the cap is {cap_usd}")
    left = one("SELECT sum(reserved_usd) FROM integrations_budget")
    rest = one("SELECT count(*) FROM integrations_reservation")
    found.must(left == rest == 0, f"{kind}: {left} is left reserved, by {rest} reservations")
    ((state, blocked_by),) = rows("SELECT state, blocked_by FROM enrichment_run")
    found.must(
        state == "blocked" and blocked_by.startswith("cap:"), f"{kind}: {state} {blocked_by}"
    )


def _work(cap_usd: Decimal, *, with_kills: bool) -> int:
    """Let all work until the run stands still; return the calls in flight where we killed."""
    children = [_start() for _ in range(PROCESSES)]
    victims = random.sample(children, KILLED) if with_kills else []
    if victims:
        _await_spending(cap_usd * random.randint(2, 8) / 10)
    for victim in victims:
        os.kill(victim.pid, signal.SIGKILL)
    for child in children:
        child.join(PATIENCE_S)
    if not victims:
        return 0
    lost = _give_back([victim.pid for victim in victims])
    _start().join(PATIENCE_S)
    return lost


def _await_spending(usd: Decimal) -> None:
    """Wait until that much is spent or promised."""
    give_up_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up_at:
        used = one("SELECT coalesce(max(spent_usd + reserved_usd), 0) FROM integrations_budget")
        if used >= usd:
            return
        time.sleep(0.01)


def _give_back(pids: list[int]) -> int:
    """Do what the sweep does when the leases of these processes have run out; count their calls."""
    from enrichment import sweeping

    lost = rows(
        "UPDATE contacts_worker SET seen_at = now() - interval '1 hour'"
        " WHERE gone_at IS NULL AND split_part(name, ':', 2)::int = ANY(%s) RETURNING id",
        pids,
    )
    ids = [id_ for (id_,) in lost]
    count = one("SELECT count(*) FROM integrations_reservation WHERE worker_id = ANY(%s)", ids)
    give_up_at = time.monotonic() + PATIENCE_S
    while _are_kept(ids) and time.monotonic() < give_up_at:
        sweeping.sweep()  # which declares nobody lost within a lease of the server's start
        time.sleep(0.2)
    return int(count)


def _are_kept(ids: list[Any]) -> bool:
    living = "SELECT count(*) FROM contacts_worker WHERE id = ANY(%s) AND gone_at IS NULL"
    return bool(one(living, ids))


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
