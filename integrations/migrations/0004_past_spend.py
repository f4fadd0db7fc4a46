"""Add up the calls that were made before there was a tally of spend.

Money and numbers of calls are exact. Of a call that asked several lookups nobody kept which of them
cost what, so it stands under all their names; what was charged counts as a hit.
"""

from django.db import migrations

PAST = """
INSERT INTO integrations_spendday (day, account_id, lookup, run_id, is_sandbox, asked, hits, misses,
 errors, unknown, spent_usd, unknown_usd)
SELECT (started_at AT TIME ZONE 'UTC')::date, COALESCE(account_id, 0), provider || '.' || lookup,
 run_id, is_sandbox, count(*),
 count(*) FILTER (WHERE outcome = 'answered' AND price_usd > 0),
 count(*) FILTER (WHERE outcome = 'answered' AND price_usd = 0),
 count(*) FILTER (WHERE outcome <> 'answered'), count(*) FILTER (WHERE outcome = 'unknown'),
 sum(price_usd), COALESCE(sum(price_usd) FILTER (WHERE outcome = 'unknown'), 0)
FROM integrations_apicall WHERE lookup <> 'connection_test' GROUP BY 1, 2, 3, 4, 5
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("integrations", "0003_spend")]

    operations = [migrations.RunSQL(PAST, migrations.RunSQL.noop)]
