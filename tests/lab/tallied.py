"""Tallies as a big customer leaves them: what runs spent, and what contacts they made usable."""

from __future__ import annotations

from django.db import connection

# Each run spent on two days of the last ninety, on fifteen lookups.
_SPEND = """
INSERT INTO integrations_spendday (day, account_id, lookup, run_id, is_sandbox, asked, hits, misses,
 errors, unknown, spent_usd, unknown_usd)
SELECT current_date - (run.id * 7 %% 90 + d)::int, account.id, 'twilio.lookup' || l, run.id, true,
 500, 300, 180, 20, 1, 4, 0.008
FROM enrichment_run AS run, generate_series(0, 1) AS d, generate_series(1, 15) AS l,
 (SELECT id FROM integrations_account WHERE provider = 'twilio' LIMIT 1) AS account
"""
_USABLE = """
INSERT INTO enrichment_usableday (run_id, day, field, done, usable)
SELECT run.id, current_date - (run.id * 7 %% 90 + d)::int,
 CASE f WHEN 0 THEN '' ELSE 'field_' || f END, 250, 100 + f
FROM enrichment_run AS run, generate_series(0, 1) AS d, generate_series(0, 13) AS f
"""
_TIMES = """
UPDATE integrations_lookupday
SET latency = (SELECT array_agg(n * %s %% 17 ORDER BY n) FROM generate_series(1, 40) AS n)
"""
TABLES = ("integrations_spendday", "enrichment_usableday", "integrations_lookupday")


def ensure() -> None:
    """Have tallies beside what `worked` has left."""
    from integrations.models import SpendDay

    if SpendDay.objects.exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [])
        cursor.execute(_USABLE, [])
        cursor.execute(_TIMES, [7])
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
