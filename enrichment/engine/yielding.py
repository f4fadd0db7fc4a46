"""Counting what finished items are worth: how many contacts are usable, by run, day and field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import connection

from enrichment.engine.items import Finished
from enrichment.usable import fields_had

ADD = """
INSERT INTO enrichment_usableday AS d (run_id, day, field, done, usable)
SELECT run_id, %s, field, done, usable
FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::int[]) AS n (run_id, field, done, usable)
ON CONFLICT (run_id, day, field) DO UPDATE
SET done = d.done + EXCLUDED.done, usable = d.usable + EXCLUDED.usable
"""


def count_usable(held: Sequence[Finished]) -> None:
    """Add contacts that are done to the tallies of their runs; whatever else ended is not."""
    sums: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for one in held:
        if one.ending != "done":
            continue
        item = one.item
        firm = item.company
        had = fields_had(
            item.run.plan,
            {**item.values, **firm.values} if firm else item.values,
            {**item.provenance, **firm.provenance} if firm else item.provenance,
            item.said,
        )
        had[""] = bool(had) and all(had.values())
        for field, is_had in had.items():
            row = sums[item.run.id, field]
            row[0] += 1
            row[1] += is_had
    if not sums:
        return
    keys = sorted(sums)
    with connection.cursor() as cursor:
        cursor.execute(
            ADD,
            [
                datetime.now(UTC).date(),
                [run_id for run_id, _ in keys],
                [field for _, field in keys],
                [sums[key][0] for key in keys],
                [sums[key][1] for key in keys],
            ],
        )
