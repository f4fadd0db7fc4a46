"""How long a contact takes whose lookups of 5, 15 and 10 s run side by side."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.bench.report import Result
from tests.integrations.sandbox.running import Running

SECONDS = {"twilio.line_type": 5.0, "hunter.domain_search": 15.0, "hunter.find_email": 10.0}
TARGET_S = 16.0
QUICK_SCALE = 0.1


def run(sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from enrichment.runtime import Runtime
    from tests.lab import firms, seeding

    scale = QUICK_SCALE if is_quick else 1.0
    seeding.fresh_contacts(0)
    firms.prepare()
    firms.people(1)
    sandbox.set(latency_ms=0.0)
    wanted = [
        ("line_type", 0.5, ["twilio.line_type"]),
        ("company.industry", 0.5, ["hunter.domain_search"]),
        ("email", 0.5, ["hunter.find_email"]),
    ]
    recipe = firms.recipe("slow", wanted)
    runtime = Runtime()
    seeding.approved_run(recipe)
    runtime.work(60)  # a worker that has been at work: connections are open
    seeding.forget_people()
    firms.people(1, skip=1)
    made = seeding.approved_run(recipe)
    sandbox.set(lookup_latency_ms={name: s * 1000 * scale for name, s in SECONDS.items()})
    began = time.monotonic()
    try:
        runtime.work(60)
    finally:
        took_s = time.monotonic() - began
        runtime.close()
        sandbox.set(lookup_latency_ms={})
    made.refresh_from_db()
    assert made.done_count == 1, (made.state, made.reason)
    yield Result(
        "contact_latency",
        target=TARGET_S,
        is_met=took_s <= 15.0 * scale + 1.0,
        value=round(took_s, 2),
        scale=scale,
        one_after_another=sum(SECONDS.values()) * scale,
    )
