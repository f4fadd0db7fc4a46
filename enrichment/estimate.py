"""The estimate: what a run will ask, what it will cost and how long it will take, before a cent.

Everything is counted in the database. Contacts that share a number are one question; a fresh
answer is free; an invalid number is never sent. What is expected to be asked is foreseen by walking
the plan over a sample of the contacts (`foreseeing`); at the most a lookup that needs or uses what
another may supply is asked for every contact. Answers that get lost are paid for and asked again:
of that the maximum has a part of its own (`losing`), and a run without a cap stops at the maximum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import connection

from enrichment import losing, picking, recipes, timing
from enrichment.foreseeing import foresee
from enrichment.models import Run
from enrichment.planner import Plan
from enrichment.simulating import Forecast
from integrations.accounts import Accounts
from integrations.errors import CallError
from integrations.provider import Lookup

ZERO = Decimal(0)
CENTS = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class LookupEstimate:
    """One lookup: questions at the most, how many of those asked for are known already, money.

    `expected` is how many are expected to be asked, `again_usd` the part of the maximum for answers
    that get lost and are asked again.
    """

    lookup: str
    questions: int
    fresh: int
    hit_rate: float
    min_usd: Decimal
    expected_usd: Decimal
    max_usd: Decimal
    expected: float = 0.0
    again_usd: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Estimate:
    """`duplicates` counts contacts whose number another contact of the run has too.

    `again_usd` of `max_usd` is for answers that get lost and are asked again.
    """

    contacts: int
    numbers: int
    duplicates: int
    invalid: int
    calls: int
    seconds: int
    min_usd: Decimal
    expected_usd: Decimal
    max_usd: Decimal
    lookups: tuple[LookupEstimate, ...]
    problems: tuple[str, ...] = ()
    again_usd: Decimal = ZERO

    def as_json(self) -> dict[str, Any]:
        """Return plain values; money as text, so that it stays exact."""
        plain = asdict(self)
        for row in (plain, *plain["lookups"]):
            row.update({k: str(v) for k, v in row.items() if isinstance(v, Decimal)})
        return plain


def estimate(run: Run, note: Callable[[float], None] = lambda share: None) -> Estimate:
    """Return the estimate of a run against the accounts, answers and hit rates of the moment.

    `note` is told now and then which share of the work is done.
    """
    accounts = Accounts()
    accounts.refresh()
    kept = run.plan or recipes.snapshot(run.recipe)
    plan = recipes.plan(kept, accounts)
    steps = {s.slug: s for w in plan.wanted for s in w.steps if s.slug not in plan.switched_off}
    counts: dict[str, tuple[int, int]] = {}
    with connection.cursor() as cursor:
        picking.pick(cursor, run, steps.values())
        contacts, numbers, invalid = picking.heads(cursor)
        for slug, step in steps.items():
            note((len(counts) + 1) / (len(steps) + 3))
            days = plan.fresh_days.get(slug)
            counts[slug] = picking.count(cursor, step, accounts.is_sandbox, days)
        foreseen = foresee(cursor, plan, steps, accounts)
        note((len(steps) + 1) / (len(steps) + 3))
        calls = picking.calls(cursor, steps, accounts.is_sandbox, plan.fresh_days)
        cursor.execute("DROP TABLE picked")
    rows = _rows(steps, counts, foreseen, contacts - invalid, contacts, accounts)
    asked = {row.lookup: row.expected for row in rows}
    requests = timing.requests(steps, asked)
    calls = max(calls, round(sum(requests.values())))
    return Estimate(
        contacts=contacts,
        numbers=numbers,
        duplicates=contacts - numbers - invalid,
        invalid=invalid,
        calls=calls,
        seconds=timing.seconds(requests, accounts, asked),
        min_usd=sum((row.min_usd for row in rows), ZERO),
        expected_usd=sum((row.expected_usd for row in rows), ZERO),
        max_usd=_most(rows, plan, contacts),
        lookups=rows,
        problems=(*_problems(steps, accounts), *timing.shortages(asked, accounts)),
        again_usd=sum((row.again_usd for row in rows), ZERO),
    )


def _most(rows: Sequence[LookupEstimate], plan: Plan, contacts: int) -> Decimal:
    most = sum((row.max_usd for row in rows), ZERO)
    return most if plan.cap_usd is None else min(most, plan.cap_usd * contacts)


def _supplied(steps: Iterable[Lookup]) -> set[str]:
    """Return what is learned under way, so that it cannot be counted beforehand."""
    return {name for step in steps for name in step.supplies} - {"phone"}


def _rows(
    steps: Mapping[str, Lookup],
    counts: Mapping[str, tuple[int, int]],
    foreseen: Forecast,
    callable_count: int,
    contacts: int,
    accounts: Accounts,
) -> tuple[LookupEstimate, ...]:
    supplied = {slug: _supplied(s for s in steps.values() if s.slug != slug) for slug in steps}
    lost = losing.loss_rates(steps, is_sandbox=accounts.is_sandbox)
    rows = []
    for slug, step in steps.items():
        is_settled = not (step.needs | step.uses) & supplied[slug]
        everyone = callable_count if "phone" in step.needs else contacts
        at_hand, fresh = counts[slug]
        most = at_hand - fresh if is_settled else everyone
        shared = (at_hand - fresh) * foreseen.share_of_opened(slug)
        expected = shared if is_settled else foreseen.share(slug) * contacts
        row = _row(step, max(at_hand, most), fresh, most, expected, foreseen, accounts)
        rows.append(_with_lost(row, most, lost.get(slug, 0.0), step, accounts))
    return tuple(rows)


def _row(
    step: Lookup,
    questions: int,
    fresh: int,
    most: int,
    expected: float,
    foreseen: Forecast,
    accounts: Accounts,
) -> LookupEstimate:
    price = accounts.terms(step).price
    rate = foreseen.rates[step.slug]
    expected = min(expected, float(most))
    charged = foreseen.hit_rate(step.slug) if price.on_hit_only else 1.0
    is_certain = expected == most and not price.on_hit_only
    return LookupEstimate(
        step.slug,
        questions,
        fresh,
        round(rate, 4),
        min_usd=most * price.usd if is_certain else ZERO,
        expected_usd=(Decimal(str(round(expected * charged, 6))) * price.usd).quantize(CENTS),
        max_usd=most * price.usd,
        expected=round(expected, 2),
    )


def _with_lost(
    row: LookupEstimate, most: int, rate: float, step: Lookup, accounts: Accounts
) -> LookupEstimate:
    """Count in answers that get lost: as many as of late are expected, some more at the most.

    A dear one is not asked again without a person's word.
    """
    price = accounts.terms(step).price.usd
    try:
        is_asked_again = price <= accounts.view(step.provider).hold_unknown_above_usd
    except CallError:
        is_asked_again = False
    if not is_asked_again:
        return row
    again_usd = losing.asked_again(most, rate) * price
    # Each of the lost ones is asked anew, and may be lost anew.
    lost_usd = Decimal(str(round(row.expected * rate / max(1.0 - rate, 0.5), 6))) * price
    return replace(
        row, again_usd=again_usd, max_usd=row.max_usd + again_usd,
        expected_usd=min((row.expected_usd + lost_usd).quantize(CENTS), row.max_usd + again_usd),
    )  # fmt: skip


def _problems(steps: Mapping[str, Lookup], accounts: Accounts) -> list[str]:
    """Return in words why providers of the recipe cannot be asked now."""
    found = []
    for slug in sorted({step.provider for step in steps.values()}):
        try:
            accounts.view(slug)
        except CallError as why:
            found.append(str(why))
    return found
