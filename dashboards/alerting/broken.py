"""Answers whose shape we do not know, as readings: one alert a provider, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from dashboards.alerting.readings import Reading
from integrations.ids import first_uuid7
from integrations.wording import PROVIDER_LABELS

KIND = "contract_broken"
WINDOW = timedelta(hours=1)
LOOKED_AT = 5_000

# The calls that failed for it, and the answers in batches of which others were good; a call may be
# in both, so the larger figure counts. Each of the two looks at a partial index from its end.
BROKEN = """
SELECT provider, max(count) FROM (
  SELECT provider, count(*) FROM (
    SELECT provider, error_class FROM integrations_apicall
    WHERE outcome <> 'answered' AND id > %(since)s ORDER BY id DESC LIMIT %(limit)s
  ) AS calls WHERE error_class = 'ContractBroken' GROUP BY 1
  UNION ALL
  SELECT split_part(lookup, '.', 1), count(*) FROM (
    SELECT lookup FROM enrichment_answer
    WHERE outcome = 'broken' AND id > %(since)s ORDER BY id DESC LIMIT %(limit)s
  ) AS answers GROUP BY 1
) AS found GROUP BY 1 ORDER BY 1
"""


def broken_contracts() -> Iterator[Reading]:
    """Yield a reading for each provider that was not understood within the last hour."""
    since = first_uuid7(timezone.now() - WINDOW)
    with connection.cursor() as cursor:
        cursor.execute(BROKEN, {"since": since, "limit": LOOKED_AT})
        rows = cursor.fetchall()
    for slug, count in rows:
        answers = "1 answer" if count == 1 else f"{count:,} answers"
        label = PROVIDER_LABELS.get(slug, slug)
        yield Reading(
            KIND, slug, count, f"{label} sent {answers} of a form that we do not know in an hour."
        )
