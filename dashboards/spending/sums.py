"""The sums of spend, from the tallies by day, lookup and run: one query each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from dashboards.spending.asked import NONE, NUMBERED, Asked
from integrations.queries.filters import WAITS
from integrations.queries.repeats import asked_again

ZERO = Decimal(0)
# Per grouping: the column that the tallies are summed by first, what a row is of then, as text, and
# how it is called; the last two are None of what has no run, or no team.
KEYS = {
    "provider": ("split_part(s.lookup, '.', 1)", "s.key", "NULL"),
    "lookup": ("s.lookup", "s.key", "NULL"),
    "recipe": ("s.run_id", "r.recipe_id", "c.name"),
    "run": ("s.run_id", "s.key", "COALESCE(NULLIF(r.name, ''), 'Run ' || s.key)"),
    "team": ("s.run_id", "r.team_id", "t.name"),
    "day": ("s.day", "s.key", "NULL"),
}
OF_RUNS = """
LEFT JOIN enrichment_run AS r ON r.id = s.key
LEFT JOIN enrichment_recipe AS c ON c.id = r.recipe_id
LEFT JOIN enrichment_team AS t ON t.id = r.team_id
"""
_RUNS = "SELECT id FROM enrichment_run WHERE"
FILTERS = {
    "provider": "split_part(s.lookup, '.', 1) = %s", "lookup": "s.lookup = %s",
    "recipe": f"s.run_id IN ({_RUNS} recipe_id = %s)", "run": "s.run_id = %s",
    "team": f"s.run_id IN ({_RUNS} team_id = %s)",
}  # fmt: skip
OF_NONE = {
    "recipe": f"(s.run_id IS NULL OR s.run_id NOT IN ({_RUNS} true))",
    "run": "s.run_id IS NULL",
    "team": f"(s.run_id IS NULL OR s.run_id NOT IN ({_RUNS} team_id IS NOT NULL))",
}
# Counts of one row are small, and sums of integers much faster than those of bigints.
SPENT = """
WITH s AS (
 SELECT {inner} AS key, sum(s.asked::int) AS asked, sum(s.hits::int) AS hits,
  sum(s.misses::int) AS misses, sum(s.errors::int) AS errors, sum(s.unknown::int) AS unknown,
  sum(s.spent_usd) AS spent_usd, sum(s.unknown_usd) AS unknown_usd
 FROM integrations_spendday AS s
 WHERE s.day BETWEEN %s AND %s AND s.is_sandbox = %s {conditions} GROUP BY 1)
SELECT ({key})::text, max({label}), sum(s.asked)::bigint, sum(s.hits)::bigint,
 sum(s.misses)::bigint, sum(s.errors)::bigint, sum(s.unknown)::bigint, sum(s.spent_usd),
 sum(s.unknown_usd) FROM s {joins} GROUP BY 1 ORDER BY 8 DESC, 3 DESC, 1
"""
USABLE = """
WITH s AS (
 SELECT {inner} AS key, sum(s.done) AS done, sum(s.usable) AS usable
 FROM enrichment_usableday AS s JOIN enrichment_run AS of ON of.id = s.run_id
 WHERE s.day BETWEEN %s AND %s AND of.is_sandbox = %s AND s.field = '' {conditions} GROUP BY 1)
SELECT ({key})::text, max({label}), sum(s.done)::bigint, sum(s.usable)::bigint
FROM s {joins} GROUP BY 1
"""
TWICE = """
SELECT count(*), COALESCE(sum(s.price_usd), 0) FROM integrations_apicall AS s
WHERE s.id = ANY(%s) AND s.started_at >= %s AND s.started_at < %s AND s.is_sandbox = %s
"""
# Groupings in which contacts can be counted: one contact is asked of several providers.
OF_CONTACTS = ("recipe", "run", "team", "day")


@dataclass(slots=True)
class Sum:
    """What one row of a grouping adds up to; `key` None is what belongs to no run, or no team.

    `asked` are questions: hits, misses and errors; of the errors `unknown` may have been charged,
    for `unknown_usd` of `spent_usd`. `done` and `usable` count contacts, None where they cannot be
    told apart.
    """

    key: str | None
    label: str | None
    asked: int = 0
    hits: int = 0
    misses: int = 0
    errors: int = 0
    unknown: int = 0
    spent_usd: Decimal = ZERO
    unknown_usd: Decimal = ZERO
    done: int | None = None
    usable: int | None = None

    @property
    def known_usd(self) -> Decimal:
        return self.spent_usd - self.unknown_usd

    @property
    def hit_rate(self) -> float | None:
        return self.hits / self.asked if self.asked else None

    @property
    def usable_usd(self) -> Decimal | None:
        """The price of a usable contact; None where there is none."""
        return self.spent_usd / self.usable if self.usable else None


def sums(asked: Asked, *, is_sandbox: bool) -> list[Sum]:
    """Return the rows of a grouping, what was most spent for first; days in their order."""
    rows = [Sum(*row) for row in _asked(SPENT, asked, is_sandbox=is_sandbox)]
    if counts_contacts(asked):
        _add_usable(rows, asked, is_sandbox=is_sandbox)
    return sorted(rows, key=lambda row: row.key or "") if asked.by == "day" else rows


def total(rows: Iterable[Sum]) -> Sum:
    """Return the rows in one."""
    whole = Sum(None, "All")
    for row in rows:
        for name in ("asked", "hits", "misses", "errors", "unknown", "spent_usd", "unknown_usd"):
            setattr(whole, name, getattr(whole, name) + getattr(row, name))
        if row.usable is not None:
            whole.done = (whole.done or 0) + (row.done or 0)
            whole.usable = (whole.usable or 0) + row.usable
    return whole


def paid_twice(asked: Asked, *, is_sandbox: bool) -> tuple[int, Decimal]:
    """Return how many calls of unknown outcome were asked and paid for again, and their money."""
    period = asked.period
    ids = asked_again(period.begins - WAITS, period.ends)
    if not ids:
        return 0, ZERO
    conditions, values = _conditions(asked)
    sql = f"{TWICE} {conditions}".replace(FILTERS["provider"], "s.provider = %s")
    ((count, usd),) = _rows(sql, [ids, period.begins, period.ends, is_sandbox, *values])
    return count, usd


def counts_contacts(asked: Asked) -> bool:
    """Tell whether usable contacts can be set against this money."""
    return asked.by in OF_CONTACTS and not {"provider", "lookup"} & set(asked.filters)


def _add_usable(rows: list[Sum], asked: Asked, *, is_sandbox: bool) -> None:
    """Note contacts with their rows; one who cost nothing in the period has a row of its own."""
    known = {row.key: row for row in rows}
    for row in rows:
        row.done = row.usable = 0
    for found, name, done, usable in _asked(USABLE, asked, is_sandbox=is_sandbox):
        if found not in known:
            known[found] = Sum(found, name)
            rows.append(known[found])
        known[found].done, known[found].usable = done, usable


def _asked(sql: str, asked: Asked, *, is_sandbox: bool) -> list[tuple[Any, ...]]:
    inner, key, label = KEYS[asked.by]
    conditions, values = _conditions(asked)
    joins = OF_RUNS if inner == "s.run_id" else ""
    whole = sql.format(inner=inner, key=key, label=label, joins=joins, conditions=conditions)
    return _rows(whole, [asked.period.first, asked.period.last, is_sandbox, *values])


def _conditions(asked: Asked) -> tuple[str, list[Any]]:
    parts, values = [], []
    for name, text in asked.filters.items():
        if text == NONE and name in NUMBERED:
            parts.append(f"AND {OF_NONE[name]}")
            continue
        parts.append(f"AND {FILTERS[name]}")
        values.append(int(text) if name in NUMBERED else text)
    return " ".join(parts), values


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
