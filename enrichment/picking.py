"""Picking: the contacts of an estimate in a table of the session, and their questions counted.

Everything is counted in the database: contacts that share a number are one question, and one that
has a fresh answer is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F

from enrichment import selection
from enrichment.inputs import INPUTS
from enrichment.models import Run
from integrations.provider import Lookup


def pick(cursor: Any, run: Run, steps: Iterable[Lookup]) -> None:
    """Put the contacts of a run, with all that these lookups ask about, into the table."""
    asked = {name for step in steps for name in (step.needs | step.uses) & INPUTS.keys()}
    paths = {INPUTS[name].column: INPUTS[name].path for name in asked}
    plain = sorted({"phone_e164", "phone_is_valid", *(p for p in paths.values() if "__" not in p)})
    of_company = {name: F(path) for name, path in sorted(paths.items()) if "__" in path}
    rows = selection.of_run(run).values("pk", *plain, **of_company)
    query, params = rows.query.sql_with_params()
    cursor.execute("DROP TABLE IF EXISTS picked")
    cursor.execute(f"CREATE TEMP TABLE picked AS {query}", params)
    cursor.execute("ANALYZE picked")


def heads(cursor: Any) -> tuple[int, int, int]:
    """Return (contacts, different numbers, contacts whose number is invalid)."""
    cursor.execute(
        "SELECT count(*), count(DISTINCT phone_e164) FILTER (WHERE phone_is_valid IS NOT FALSE),"
        " count(*) FILTER (WHERE phone_is_valid IS FALSE) FROM picked"
    )
    contacts, numbers, invalid = cursor.fetchone()
    return contacts, numbers, invalid


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


def count(cursor: Any, lookup: Lookup, is_sandbox: bool, fresh_days: int | None) -> tuple[int, int]:
    """Return (different questions, those with a fresh answer)."""
    cursor.execute(
        "WITH q AS (SELECT DISTINCT"
        f" {_key_sql(lookup, is_sandbox=is_sandbox)} AS key FROM picked"
        f" WHERE {_askable_sql(lookup)})"
        " SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM enrichment_answer AS a"
        f" WHERE a.question_key = q.key AND {_fresh_sql(fresh_days)})) FROM q"
    )
    questions, fresh = cursor.fetchone()
    return questions, fresh


def calls(
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
