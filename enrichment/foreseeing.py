"""Foreseeing: what a plan will come to, by a sample of its contacts and by earlier answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import orjson
from django.db import connection

from enrichment import golden, inputs, questions
from enrichment.engine.desk import fresh_answers
from enrichment.ordering import RATE_WITHOUT_HISTORY, hit_rates
from enrichment.planner import Plan
from enrichment.simulating import Facts, Forecast, Habit, Subject, simulate
from enrichment.survivorship import FILE, FILE_CONFIDENCE, PERSON
from integrations.accounts import Accounts
from integrations.provider import Lookup

SAMPLE = 1000  # contacts
LOOKED_AT = 20_000  # newest answers
KEPT = 300  # of each lookup


def foresee(cursor: Any, plan: Plan, steps: Mapping[str, Lookup], accounts: Accounts) -> Forecast:
    """Return the forecast of a plan over the contacts in the table `picked`."""
    subjects = _subjects(cursor, plan, steps, accounts.is_sandbox)
    hits = {slug: accounts.terms(step).price.on_hit_only for slug, step in steps.items()}
    return simulate(plan, subjects, _habits(steps, accounts.is_sandbox), hits)


def _habits(steps: Mapping[str, Lookup], is_sandbox: bool) -> dict[str, Habit]:
    rates = hit_rates(steps, is_sandbox=is_sandbox)
    said: defaultdict[str, list[Facts]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lookup, facts::text FROM (SELECT lookup, facts, outcome, is_sandbox"
            " FROM enrichment_answer ORDER BY id DESC LIMIT %s) AS newest"
            " WHERE outcome = 'hit' AND is_sandbox = %s AND lookup = ANY(%s)",
            [LOOKED_AT, is_sandbox, list(steps)],
        )
        for slug, facts in cursor.fetchall():
            if len(said[slug]) < KEPT:
                said[slug].append({k: (v[0], v[1]) for k, v in orjson.loads(facts).items()})
    return {
        slug: Habit(step, rates.get(slug, RATE_WITHOUT_HISTORY), said[slug])
        for slug, step in steps.items()
    }


def _subjects(
    cursor: Any, plan: Plan, steps: Mapping[str, Lookup], is_sandbox: bool
) -> list[Subject]:
    """Return a sample of the contacts as the engine will claim them."""
    wanted = [one.field for one in plan.wanted]
    names = sorted(plan.inputs & inputs.INPUTS.keys())
    rows = _rows(cursor, names)
    keys: dict[tuple[int, str], Any] = {}
    known_of = [inputs.known_of(row, names) for row in rows]
    for at, known in enumerate(known_of):
        for slug, step in steps.items():
            if all(known.get(name) for name in step.needs):
                about = questions.question(step, known)
                keys[at, slug] = questions.question_key(step, about, is_sandbox=is_sandbox)
    answers = fresh_answers(list(set(keys.values()))) if keys else {}
    fresh: defaultdict[int, dict[str, Facts]] = defaultdict(dict)
    for (at, slug), key in keys.items():
        if key in answers:
            fresh[at][slug] = answers[key].facts
    brought: defaultdict[int, dict[str, Hashable]] = defaultdict(dict)
    for (at, slug), key in keys.items():
        brought[at][slug] = key
    return [
        Subject(known, _sure(row, wanted), fresh[at], brought[at])
        for at, (row, known) in enumerate(zip(rows, known_of, strict=True))
    ]


def _rows(cursor: Any, names: Iterable[str]) -> list[dict[str, Any]]:
    """Return a sample of the contacts: columns by name, with both provenances."""
    own = {"phone_is_valid", "phone_e164", "consent_on", "phone_country"}
    own |= {name for name in names if name in golden.NAMES}
    firm = [name for name in names if golden.is_of_company(name)]
    columns = [f"c.{name} AS {name}" for name in sorted(own)]
    columns += [f'f.{name.removeprefix(golden.OF_COMPANY)} AS "{name}"' for name in firm]
    cursor.execute(
        f"SELECT {', '.join(columns)}, c.provenance::text AS own_facts,"
        " f.provenance::text AS firm_facts FROM"
        " (SELECT pk FROM picked ORDER BY md5(pk::text) LIMIT %s) AS p"
        " JOIN contacts_contact AS c ON c.id = p.pk"
        " LEFT JOIN contacts_company AS f ON f.id = c.company_id",
        [SAMPLE],
    )
    heads = [column.name for column in cursor.description]
    return [dict(zip(heads, row, strict=True)) for row in cursor.fetchall()]


def _sure(row: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, float]:
    """Return how sure files and people make us of the wanted fields, as a claim reads it."""
    own = orjson.loads(row["own_facts"])
    firm = orjson.loads(row["firm_facts"] or "{}")
    found = {}
    for name in wanted:
        column = name.removeprefix(golden.OF_COMPANY)
        kept = (firm if golden.is_of_company(name) else own).get(column, {})
        if str(kept.get("by", "")).startswith((PERSON, FILE)):
            found[name] = kept.get("sure", FILE_CONFIDENCE)
    return found
