"""How many contacts a second the engine does with six lookups each, in three waves of 100 ms.

Beside it stands the bare loop of `lookup_throughput`: the same client, processes and sandbox. The
six are six requests: each wave asks two providers, and no two contacts share a question.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from statistics import median

from tests.bench.lookup_throughput import (
    IN_FLIGHT,
    LATENCY_MS,
    PROCESSES,
    Round,
    caller,
    one_round,
)
from tests.bench.report import Result
from tests.integrations.sandbox.running import Running

ROUNDS, CONTACTS = 3, 6_000
QUICK_ROUNDS, QUICK_CONTACTS = 1, 1_200
LOOKUPS = 6
TARGET = {"ratio": 0.7, "per_hour": 1_000_000}
# Fields that none of these supplies, so that each waterfall is walked to its end: three waves.
WAVES = (
    ("rpv_status", 1.0, ("twilio.line_type", "twilio.caller_name", "twilio.sms_pumping_risk")),
    ("company.city", 1.0, ("hunter.domain_search", "hunter.find_email", "hunter.verify_email")),
)


def run(sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from tests.lab import firms, seeding

    rounds, contacts = (QUICK_ROUNDS, QUICK_CONTACTS) if is_quick else (ROUNDS, CONTACTS)
    numbers = list(islice(seeding.numbers(), contacts * LOOKUPS))
    shares = [numbers[n::PROCESSES] for n in range(PROCESSES)]
    sandbox.set(latency_ms=LATENCY_MS)
    bare: list[Round] = []
    engine: list[Round] = []
    with ExitStack() as stack:
        plain = [stack.enter_context(caller("bare")) for _ in range(PROCESSES)]
        workers = [stack.enter_context(caller("engine")) for _ in range(PROCESSES)]
        for _ in range(rounds):
            bare.append(one_round(plain, shares, sandbox))
            seeding.fresh_contacts(0)
            firms.prepare(IN_FLIGHT * PROCESSES)
            firms.people(contacts, with_email=True)
            made = seeding.approved_run(firms.recipe("waves", WAVES))
            engine.append(one_round(workers, [[]] * PROCESSES, sandbox, contacts * LOOKUPS))
            made.refresh_from_db()
            asked = sum(row.asked for row in made.lookups.all())
            assert (made.done_count, asked) == (contacts, contacts * LOOKUPS), (made.state, asked)
    calls = median(one.per_second for one in engine)
    bare_calls = median(one.per_second for one in bare)
    per_hour = round(calls / LOOKUPS * 3600)
    ratio = calls / bare_calls
    yield Result(
        "pipeline_throughput",
        target=TARGET,
        is_met=ratio >= TARGET["ratio"] and per_hour >= TARGET["per_hour"],
        ratio=round(ratio, 3),
        contacts_per_second=round(calls / LOOKUPS),
        calls_per_second=round(calls),
        bare_calls_per_second=round(bare_calls),
        per_hour=per_hour,
        cpu_ms={part: median(one.cpu_ms[part] for one in engine) for part in engine[0].cpu_ms},
        settings={"contacts": contacts, "processes": PROCESSES, "in_flight": IN_FLIGHT},
    )
