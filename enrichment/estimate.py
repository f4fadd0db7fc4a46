"""The estimate: what a run will ask, what it will cost and how long it will take, before a cent.

Everything is counted in the database. Contacts that share a number are one question; a fresh
answer is free; an invalid number is never sent. What is expected to be asked is foreseen by walking
the plan over a sample of the contacts (`foreseeing`); at the most a lookup that needs or uses what
another may supply is asked for every contact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F

from enrichment import recipes, selection, timing
from enrichment.foreseeing import foresee
from enrichment.inputs import INPUTS
from enrichment.models import Run
from enrichment.planner import Plan
from enrichment.simulating import Forecast
from integrations.accounts import Accounts
from integrations.errors import CallError
from integrations.provider import Lookup


@dataclass(frozen=True, slots=True)
class LookupEstimate:
    """One lookup: questions at the most, how many of those asked for are known already, money.

    `expected` is how many are expected to be asked.
    """

    lookup: str
    questions: int
    fresh: int
    hit_rate: float
    min_usd: Decimal
    expected_usd: Decimal
    max_usd: Decimal
    expected: float = 0.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """`duplicates` counts contacts whose number another contact of the run has too."""

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
        _pick(cursor, run, steps.values())
        contacts, numbers, invalid = _heads(cursor)
        for slug, step in steps.items():
            note((len(counts) + 1) / (len(steps) + 3))
            fresh_sql = _fresh_sql(plan.fresh_days.get(slug))
            counts[slug] = _count(cursor, step, accounts.is_sandbox, fresh_sql)
        foreseen = foresee(cursor, plan, steps, accounts)
        note((len(steps) + 1) / (len(steps) + 3))
        calls = _calls(cursor, steps, accounts.is_sandbox, plan.fresh_days)
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
        min_usd=sum((row.min_usd for row in rows), Decimal(0)),
        expected_usd=sum((row.expected_usd for row in rows), Decimal(0)),
        max_usd=_most(rows, plan, contacts),
        lookups=rows,
        problems=(*_problems(steps, accounts), *timing.shortages(asked, accounts)),
    )


def _most(rows: Sequence[LookupEstimate], plan: Plan, contacts: int) -> Decimal:
    most = sum((row.max_usd for row in rows), Decimal(0))
    return most if plan.cap_usd is None else min(most, plan.cap_usd * contacts)


def _pick(cursor: Any, run: Run, steps: Iterable[Lookup]) -> None:
    asked = {name for step in steps for name in (step.needs | step.uses) & INPUTS.keys()}
    paths = {INPUTS[name].column: INPUTS[name].path for name in asked}
    plain = sorted({"phone_e164", "phone_is_valid", *(p for p in paths.values() if "__" not in p)})
    of_company = {name: F(path) for name, path in sorted(paths.items()) if "__" in path}
    rows = selection.of_run(run).values("pk", *plain, **of_company)
    query, params = rows.query.sql_with_params()
    cursor.execute("DROP TABLE IF EXISTS picked")
    cursor.execute(f"CREATE TEMP TABLE picked AS {query}", params)
    cursor.execute("ANALYZE picked")


def _heads(cursor: Any) -> tuple[int, int, int]:
    cursor.execute(
        "SELECT count(*), count(DISTINCT phone_e164) FILTER (WHERE phone_is_valid IS NOT FALSE),"
        " count(*) FILTER (WHERE phone_is_valid IS FALSE) FROM picked"
    )
    contacts, numbers, invalid = cursor.fetchone()
    return contacts, numbers, invalid


def _supplied(steps: Iterable[Lookup]) -> set[str]:
    """Return what is learned under way, so that it cannot be counted beforehand."""
    return {name for step in steps for name in step.supplies} - {"phone"}


def _key_sql(lookup: Lookup, *, is_sandbox: bool) -> str:
    """Return the SQL that computes `questions.question_key` of a row of `picked`."""
    parts = []
    for name in sorted((lookup.needs | lookup.uses) & INPUTS.keys()):
        text = _text_sql(name)
        parts.append(f"CASE WHEN {text} <> '' THEN '{name}=' || lower({text}) END")
    head = f"{'sandbox' if is_sandbox else 'live'}|{lookup.slug}|"
    return f"md5('{head}' || concat_ws('|', {', '.join(parts)}))::uuid"


def _text_sql(name: str) -> str:
    """Return the SQL of an input as `inputs.known_of` writes it; null and blank are missing."""
    return INPUTS[name].sql


def _askable_sql(lookup: Lookup) -> str:
    tests = [f"{_text_sql(name)} <> ''" for name in lookup.needs]
    if "phone" in lookup.needs:
        tests.append("phone_is_valid IS NOT FALSE")
    return " AND ".join(tests)


def _fresh_sql(fresh_days: int | None) -> str:
    """Return the SQL that tells whether the answer `a` counts, as the desk reads it."""
    if fresh_days is None:
        return "a.expires_at > now()"
    young = f"a.observed_at > now() - interval '{int(fresh_days)} days'"
    return f"a.expires_at > now() AND ({young} OR a.outcome = 'unknown')"


def _count(cursor: Any, lookup: Lookup, is_sandbox: bool, fresh_sql: str) -> tuple[int, int]:
    """Return (different questions, those with a fresh answer)."""
    cursor.execute(
        "WITH q AS (SELECT DISTINCT"
        f" {_key_sql(lookup, is_sandbox=is_sandbox)} AS key FROM picked"
        f" WHERE {_askable_sql(lookup)})"
        " SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM enrichment_answer AS a"
        f" WHERE a.question_key = q.key AND {fresh_sql})) FROM q"
    )
    questions, fresh = cursor.fetchone()
    return questions, fresh


def _calls(
    cursor: Any, steps: Mapping[str, Lookup], is_sandbox: bool, fresh_days: Mapping[str, int]
) -> int:
    """Return how many requests go out: lookups that are gathered share one."""
    groups: dict[str, list[Lookup]] = {}
    for slug, step in steps.items():
        key = f"{step.provider}.{step.gather.name}" if step.gather else slug
        groups.setdefault(key, []).append(step)
    total = 0
    for together in groups.values():
        missing = " OR ".join(
            f"({_askable_sql(step)}) AND NOT EXISTS (SELECT 1 FROM enrichment_answer AS a WHERE"
            f" a.question_key = {_key_sql(step, is_sandbox=is_sandbox)}"
            f" AND {_fresh_sql(fresh_days.get(step.slug))})"
            for step in together
        )
        one = together[0]
        by = INPUTS[one.gather.by].sql if one.gather else _key_sql(one, is_sandbox=is_sandbox)
        cursor.execute(f"SELECT count(DISTINCT {by}) FROM picked WHERE {missing}")
        total += cursor.fetchone()[0]
    return total


def _rows(
    steps: Mapping[str, Lookup],
    counts: Mapping[str, tuple[int, int]],
    foreseen: Forecast,
    callable_count: int,
    contacts: int,
    accounts: Accounts,
) -> tuple[LookupEstimate, ...]:
    supplied = {slug: _supplied(s for s in steps.values() if s.slug != slug) for slug in steps}
    rows = []
    for slug, step in steps.items():
        is_settled = not (step.needs | step.uses) & supplied[slug]
        everyone = callable_count if "phone" in step.needs else contacts
        at_hand, fresh = counts[slug]
        most = at_hand - fresh if is_settled else everyone
        shared = (at_hand - fresh) * foreseen.share_of_opened(slug)
        expected = shared if is_settled else foreseen.share(slug) * contacts
        rows.append(_row(step, max(at_hand, most), fresh, most, expected, foreseen, accounts))
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
        min_usd=most * price.usd if is_certain else Decimal(0),
        expected_usd=(Decimal(str(round(expected * charged, 6))) * price.usd).quantize(
            Decimal("0.0001")
        ),
        max_usd=most * price.usd,
        expected=round(expected, 2),
    )


def _problems(steps: Mapping[str, Lookup], accounts: Accounts) -> list[str]:
    """Return in words why providers of the recipe cannot be asked now."""
    found = []
    for slug in sorted({step.provider for step in steps.values()}):
        try:
            accounts.view(slug)
        except CallError as why:
            found.append(str(why))
    return found
