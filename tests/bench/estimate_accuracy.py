"""How near estimates come to what random recipes then cost in the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from statistics import median

from tests.bench.report import Result
from tests.integrations.sandbox.running import Running

RECIPES, PEOPLE = 100, 400
QUICK_RECIPES, QUICK_PEOPLE = 10, 200
TARGET = 0.05


def run(sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from enrichment.runtime import Runtime
    from tests.lab.accuracy import trials

    count, people = (QUICK_RECIPES, QUICK_PEOPLE) if is_quick else (RECIPES, PEOPLE)
    sandbox.set(latency_ms=0.0)
    runtime = Runtime()
    try:
        found = list(trials(runtime, count, people))
    finally:
        runtime.close()
    expected = sum((one.expected_usd for one in found), Decimal(0))
    spent = sum((one.spent_usd for one in found), Decimal(0))
    off = float(abs(expected - spent) / spent) if spent else 0.0
    above = sum(one.spent_usd > one.max_usd for one in found)
    yield Result(
        "estimate_accuracy",
        target=TARGET,
        is_met=off <= TARGET and not above,
        value=round(off, 4),
        median=round(median(one.miss for one in found), 4),
        worst=round(max(one.miss for one in found), 4),
        within_target=sum(one.miss <= TARGET for one in found),
        above_maximum=above,
        recipes=count,
        people=people,
        spent_usd=str(spent),
        expected_usd=str(expected),
    )
