"""Counting: what finished items mean for their runs, in the transaction that finishes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from enrichment.engine.items import ZERO, Finished
from enrichment.telling import runs_finished


def count_runs(held: Sequence[Finished]) -> None:
    """Add what finished items came to to their runs; a run without items left is done."""
    sums: defaultdict[int, list[Any]] = defaultdict(lambda: [0, 0, ZERO])
    for one in held:
        row = sums[one.item.run.id]
        row[0] += one.ending == "done"
        row[1] += one.ending in ("failed", "dead")
        row[2] += one.item.cost_usd
    ended = []
    with connection.cursor() as cursor:
        for run_id, (done, failed, spent) in sorted(sums.items()):
            cursor.execute(
                "UPDATE enrichment_run SET done_count = done_count + %s,"
                " failed_count = failed_count + %s, spent_usd = spent_usd + %s,"
                " started_at = COALESCE(started_at, now()) WHERE id = %s",
                [done, failed, spent, run_id],
            )
            cursor.execute(
                "UPDATE enrichment_run SET state = 'done', finished_at = now(), reason = ''"
                " WHERE id = %s AND state IN ('working', 'paused', 'blocked')"
                " AND done_count + failed_count >= total_count",
                [run_id],
            )
            if cursor.rowcount:
                ended.append(run_id)
    if ended:
        runs_finished(ended)


KINDS = ("hit", "miss", "reused", "skipped", "error")


def count_lookups(held: Sequence[Finished]) -> None:
    """Add what was asked for finished items to each lookup of their runs; released ones go on."""
    sums: dict[tuple[int, str], list[Any]] = {}
    for one in held:
        if one.ending == "released":
            continue
        for slug, entry in one.item.trace.items():
            row = sums.setdefault((one.item.run.id, slug), [0, 0, 0, 0, 0, 0, ZERO])
            if entry["o"] not in KINDS:
                continue
            at = KINDS.index(entry["o"])
            row[0] += entry["o"] in ("hit", "miss", "error")
            row[at + 1] += 1
            if "usd" in entry:
                row[6] += Decimal(entry["usd"])
    if not sums:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO enrichment_runlookup AS r (run_id, lookup, asked, hits, misses, reused,"
            " skipped, errors, spent_usd) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (run_id, lookup) DO UPDATE SET asked = r.asked + EXCLUDED.asked,"
            " hits = r.hits + EXCLUDED.hits, misses = r.misses + EXCLUDED.misses,"
            " reused = r.reused + EXCLUDED.reused, skipped = r.skipped + EXCLUDED.skipped,"
            " errors = r.errors + EXCLUDED.errors, spent_usd = r.spent_usd + EXCLUDED.spent_usd",
            [(*key, *sums[key]) for key in sorted(sums)],
        )


def block_runs(held: Sequence[Finished]) -> None:
    """Stop runs that need somebody to act, and let those wait whose provider is failing."""
    blocked = {one.item.run.id: one for one in held if one.blocks}
    now = timezone.now()
    with connection.cursor() as cursor:
        for run_id, one in sorted(blocked.items()):
            cursor.execute(
                "UPDATE enrichment_run SET state = 'blocked', blocked_by = %s, reason = %s"
                " WHERE id = %s AND state = 'working'",
                [one.blocks, one.error[:300], run_id],
            )
        for one in held:
            if one.holds_run and one.due_at:
                pause = min(one.due_at, now + timedelta(minutes=5))
                cursor.execute(
                    "UPDATE enrichment_run SET not_before = %s, reason = %s WHERE id = %s"
                    " AND state = 'working' AND (not_before IS NULL OR not_before < now())",
                    [pause, one.error[:300], one.item.run.id],
                )
