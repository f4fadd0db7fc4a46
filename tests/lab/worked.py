"""Work as a big customer has left it, by SQL: runs with their items, calls, rejects and exports."""

from __future__ import annotations

from django.db import connection

from tests.lab import million

RUNS, EXPORTS = 2_000, 2_000
REJECTS = "nothing-but-rejects.csv"
BEGAN = "30 days"

# The first run has six items in ten, all worked; the second has two, and has just begun; the rest
# share the others. Two in a hundred failed, one in a thousand was given up.
_RUNS = """
INSERT INTO enrichment_run (name, recipe_id, mode, selection, plan, is_sandbox, state, reason,
 blocked_by, total_count, done_count, failed_count, spent_usd, created_at, started_at, finished_at)
SELECT 'Run of week ' || n, recipe.id, 'all', '{}', '{}', true,
 CASE WHEN n = 2 THEN 'working' WHEN n %% 50 = 0 THEN 'cancelled' ELSE 'done' END, '', '',
 0, 0, 0, n, now() - %(began)s::interval + n * interval '20 minutes',
 now() - %(began)s::interval + n * interval '20 minutes',
 CASE WHEN n <> 2 THEN now() - %(began)s::interval + (n + 10) * interval '20 minutes' END
FROM generate_series(1, %(runs)s) AS n, (SELECT min(id) AS id FROM enrichment_recipe) AS recipe
"""
_ITEMS = """
INSERT INTO enrichment_runitem (run_id, contact_id, state, cost_usd, trace, error, due_at,
 worker_id, tries, losses, finished_at)
SELECT (SELECT min(id) - 1 FROM enrichment_run) + run, contact, state, 0.013,
 jsonb_build_object(
  'twilio.line_type', jsonb_build_object('o', 'hit', 'usd', '0.008', 'a', gen_random_uuid()),
  'twilio.caller_name', jsonb_build_object('o', 'miss', 'usd', '0.005', 'a', gen_random_uuid()),
  'twilio.sim_swap', jsonb_build_object('o', 'skipped', 'why', 'asked of mobile numbers only')),
 CASE WHEN state IN ('failed', 'dead')
  THEN 'NotEntitled: reason ' || n %% 7 || ' of the provider' ELSE '' END,
 now(), CASE WHEN state = 'claimed' THEN gen_random_uuid() END, 1, 0,
 CASE WHEN state IN ('done', 'failed', 'dead') THEN now() END
FROM (
 SELECT n, run, (SELECT min(id) FROM contacts_contact) + CASE WHEN run = 1 THEN n
   ELSE (n * 7919::bigint) %% %(items)s END AS contact,
  CASE WHEN run = 2 AND n > split + 1000 THEN 'waiting' WHEN run = 2 AND n > split THEN 'claimed'
   WHEN n %% 1000 = 7 AND n < split THEN 'dead' WHEN n %% 50 = 3 AND n < split THEN 'failed'
   WHEN run %% 50 = 0 AND n %% 3 = 0 THEN 'cancelled' ELSE 'done' END AS state
 FROM (SELECT n, %(items)s * 0.61 AS split, CASE WHEN n < %(items)s * 0.6 THEN 1
   WHEN n < %(items)s * 0.8 THEN 2 ELSE 3 + n %% (%(runs)s - 2) END AS run
  FROM generate_series(0, %(items)s - 1) AS n) AS placed) AS made
ON CONFLICT DO NOTHING
"""
_TOTALS = """
UPDATE enrichment_run SET total_count = total, done_count = done, failed_count = failed
FROM (SELECT run_id, count(*) AS total, count(*) FILTER (WHERE state = 'done') AS done,
  count(*) FILTER (WHERE state IN ('failed', 'dead')) AS failed
 FROM enrichment_runitem GROUP BY 1) AS counted WHERE id = run_id
"""
# Ids are UUIDs of version 7 through the days; one call in 60 failed, in one hour 900 did.
_CALLS = """
INSERT INTO integrations_apicall (id, provider, lookup, account_id, contact_id, run_id, outcome,
 http_status, ms, tries, price_usd, remote_id, error_class, error, exchange, is_sandbox, started_at)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
  || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid,
 'twilio', CASE WHEN n %% 3 = 0 THEN 'line_type+caller_name' WHEN n %% 500 = 1 THEN 'sim_swap'
  ELSE 'line_type' END, account.id,
 (SELECT min(id) FROM contacts_contact) + (n * 7919::bigint) %% %(items)s,
 (SELECT min(id) FROM enrichment_run) + n * %(runs)s / %(items)s, outcome,
 CASE outcome WHEN 'answered' THEN 200 WHEN 'failed' THEN 503 END, 100 + n %% 90, 1, 0.008,
 'RM' || md5(n::text), CASE outcome WHEN 'failed' THEN 'ServerError' WHEN 'unknown'
  THEN 'OutcomeUnknown' ELSE '' END, CASE outcome WHEN 'failed' THEN 'it answered 503' ELSE '' END,
 'GET /v2/PhoneNumbers/…?Fields=line_type_intelligence → 200, 512 bytes: ' || repeat('word ', 20),
 true, at
FROM (SELECT n, now() - %(began)s::interval + n * (%(began)s::interval / %(items)s) AS at,
  CASE WHEN n %% 60 = 1 THEN 'failed' WHEN n %% 5000 = 2 THEN 'unknown' ELSE 'answered' END
   AS outcome
 FROM generate_series(1, %(items)s) AS n) AS made,
 (SELECT id FROM integrations_account WHERE provider = 'twilio' LIMIT 1) AS account
"""
_DAYS = """
INSERT INTO integrations_lookupday (account_id, lookup, day, is_sandbox, asked, hits, misses,
 errors, spent_usd)
SELECT account.id, 'twilio.lookup' || l, current_date - d, true, 500, 300, 190, 10, 4
FROM generate_series(0, 400) AS d, generate_series(1, 30) AS l,
 (SELECT id FROM integrations_account WHERE provider = 'twilio' LIMIT 1) AS account
"""
_REJECTED = """
INSERT INTO contacts_importrow (source_id, line, outcome, reason, raw)
SELECT %(source)s, n, 'rejected', 'too short for a number of ' || n %% 200,
 jsonb_build_array('555', 'Ada', 'Adler ' || n, 'ada' || n || '@mail.test')
FROM generate_series(2, %(items)s + 1) AS n
"""
_EXPORTS = """
INSERT INTO contacts_export (selection, described, columns, with_sources, format, fingerprint,
 state, error, row_count, size_bytes, file, due_at, created_at)
SELECT '{}', 'failed, line type mobile ' || n, '["phone_e164"]', false, 'csv', md5(n::text),
 CASE WHEN n %% 40 = 0 THEN 'failed' ELSE 'expired' END, '', n, n * 90, '', now(), now()
FROM generate_series(1, %(exports)s) AS n
"""
_IMPORTS = """
INSERT INTO contacts_import (name, path, state, mode, region, overwrite_human_edits, mapping,
 columns, read_line, created_count, created_at, digest, size_bytes, file_format, encoding,
 delimiter, header_row, error, line_count, updated_count, repeated_count, skipped_count,
 rejected_count, reversed_count, kept_count, undo_failed_count)
SELECT 'export of week ' || n || '.csv', 'x', CASE WHEN n %% 40 = 0 THEN 'failed' ELSE 'done' END,
 'fill', 'US', false, '{}', '[]', n, n, now(), '', 0, 'csv', 'utf-8', ',', 0, '', n, 0, 0, 0, 0, 0,
 0, 0
FROM generate_series(1, %(exports)s) AS n
"""
TABLES = (
    "enrichment_run", "enrichment_runitem", "integrations_apicall", "integrations_lookupday",
    "contacts_importrow", "contacts_export", "contacts_import",
)  # fmt: skip


def ensure(contacts: int) -> None:
    """Have as many contacts, and as many items, calls and rejects of an import as contacts."""
    from contacts.models import Import
    from tests.lab.seeding import prepare_account

    million.ensure(contacts)
    if Import.objects.filter(name=REJECTS).exists():
        return
    prepare_account()
    record = Import.objects.create(
        name=REJECTS, path="x", state="done", rejected_count=contacts,
        columns=["Phone", "First", "Last", "Mail"],
    )  # fmt: skip
    values: dict[str, int | str] = {
        "items": contacts, "runs": RUNS, "exports": EXPORTS, "source": record.pk, "began": BEGAN,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in (
            _RUNS, _ITEMS, _TOTALS, _CALLS, _DAYS, _REJECTED, _EXPORTS, _IMPORTS,
        ):  # fmt: skip
            cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = origin")
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
