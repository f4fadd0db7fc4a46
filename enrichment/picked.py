"""The contacts of an estimate, in a table of the moment, and what would be asked of them.

A temporary table `picked` of the session holds what lookups read of each contact; what is counted
here is counted in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from enrichment import selection
from enrichment.engine.claiming import INPUTS
from enrichment.models import Run
from integrations.provider import Lookup

COLUMNS = {
    **INPUTS,
    "phone": "phone_e164",
    "address_country": "phone_country",
    "consent_on": "consent_on",
}


def pick(cursor: Any, run: Run) -> None:
    columns = sorted({"phone_is_valid", *COLUMNS.values()})
    query, params = selection.of_run(run).values("pk", *columns).query.sql_with_params()
    cursor.execute("DROP TABLE IF EXISTS picked")
    cursor.execute(f"CREATE TEMP TABLE picked AS {query}", params)
    cursor.execute("ANALYZE picked")


def heads(cursor: Any) -> tuple[int, int, int]:
    cursor.execute(
        "SELECT count(*), count(DISTINCT phone_e164) FILTER (WHERE phone_is_valid IS NOT FALSE),"
        " count(*) FILTER (WHERE phone_is_valid IS FALSE) FROM picked"
    )
    contacts, numbers, invalid = cursor.fetchone()
    return contacts, numbers, invalid


def is_known_beforehand(lookup: Lookup) -> bool:
    return lookup.needs <= set(COLUMNS)


def key_sql(lookup: Lookup, *, is_sandbox: bool) -> str:
    """Return the SQL that computes `questions.question_key` of a row of `picked`."""
    parts = []
    for name in sorted((lookup.needs | lookup.uses) & set(COLUMNS)):
        text = _text_sql(name)
        parts.append(f"CASE WHEN {text} <> '' THEN '{name}=' || lower({text}) END")
    head = f"{'sandbox' if is_sandbox else 'live'}|{lookup.slug}|"
    return f"md5('{head}' || concat_ws('|', {', '.join(parts)}))::uuid"


def _text_sql(name: str) -> str:
    """Return the SQL of an input as `claiming.inputs` writes it; null and blank are missing."""
    return "to_char(consent_on, 'YYYYMMDD')" if name == "consent_on" else COLUMNS[name]


def _askable_sql(lookup: Lookup) -> str:
    tests = [f"{_text_sql(name)} <> ''" for name in lookup.needs]
    if "phone" in lookup.needs:
        tests.append("phone_is_valid IS NOT FALSE")
    return " AND ".join(tests)


def fresh_sql(fresh_days: int | None) -> str:
    """Return the SQL that tells whether the answer `a` counts, as the desk reads it."""
    if fresh_days is None:
        return "a.expires_at > now()"
    young = f"a.observed_at > now() - interval '{int(fresh_days)} days'"
    return f"a.expires_at > now() AND ({young} OR a.outcome = 'unknown')"


def count(cursor: Any, lookup: Lookup, is_sandbox: bool, fresh_sql: str) -> tuple[int, int]:
    """Return (different questions, those with a fresh answer)."""
    cursor.execute(
        "WITH q AS (SELECT DISTINCT"
        f" {key_sql(lookup, is_sandbox=is_sandbox)} AS key FROM picked"
        f" WHERE {_askable_sql(lookup)})"
        " SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM enrichment_answer AS a"
        f" WHERE a.question_key = q.key AND {fresh_sql})) FROM q"
    )
    questions, fresh = cursor.fetchone()
    return questions, fresh


def calls(cursor: Any, steps: Mapping[str, Lookup], is_sandbox: bool, fresh_sql: str) -> int:
    """Return how many requests go out: lookups that are gathered share one."""
    groups: dict[str, list[Lookup]] = {}
    for slug, step in steps.items():
        key = f"{step.provider}.{step.gather.name}" if step.gather else slug
        groups.setdefault(key, []).append(step)
    total = 0
    for together in groups.values():
        missing = " OR ".join(
            f"({_askable_sql(step)}) AND NOT EXISTS (SELECT 1 FROM enrichment_answer AS a WHERE"
            f" a.question_key = {key_sql(step, is_sandbox=is_sandbox)} AND {fresh_sql})"
            for step in together
        )
        by = COLUMNS[together[0].gather.by] if together[0].gather else "id"
        cursor.execute(f"SELECT count(DISTINCT {by}) FROM picked WHERE {missing}")
        total += cursor.fetchone()[0]
    return total
