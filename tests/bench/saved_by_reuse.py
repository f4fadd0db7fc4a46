"""How many calls are not made on a list where 40 % of the contacts share companies."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.report import Result
from tests.integrations.sandbox.running import Running

CONTACTS, QUICK_CONTACTS = 10_000, 1_000
SHARED = 0.4


def run(sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from enrichment.runtime import Runtime
    from tests.lab import firms, seeding

    contacts = QUICK_CONTACTS if is_quick else CONTACTS
    sandbox.set(latency_ms=5.0)
    seeding.fresh_contacts(0)
    firms.prepare()
    firms.people(contacts, shared=SHARED)
    wanted = [("company.industry", 0.5, ["hunter.domain_search"])]
    before = sandbox.count()["calls"]
    made = seeding.approved_run(firms.recipe("firms", wanted))
    runtime = Runtime()
    try:
        runtime.work(300)
    finally:
        runtime.close()
    made.refresh_from_db()
    assert made.done_count == contacts, (made.state, made.reason)
    calls = sandbox.count()["calls"] - before
    different = round(contacts * (1 - SHARED) + contacts * SHARED / firms.COLLEAGUES)
    yield Result(
        "saved_by_reuse",
        target=round(1 - different / contacts, 3),
        is_met=calls <= different,
        value=round(1 - calls / contacts, 3),
        contacts=contacts,
        calls=calls,
        not_made=contacts - calls,
        spent_usd=str(made.spent_usd),
    )
