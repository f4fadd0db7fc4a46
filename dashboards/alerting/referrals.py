"""Referrals that lapse soon as readings: each once, and many in one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format

from crm_sync.referrals.deadlines import due
from dashboards.alerting.readings import Reading

KIND = "referral_due"
MOST = 20  # that are told one by one; what comes on top is told together
SOON = timedelta(0)


def referral_deadlines() -> Iterator[Reading]:
    """Yield a reading for each of the first that lapse, and one for all the others."""
    rows = due()
    first = list(rows.defer("raw", "notes")[: MOST + 1])
    for row in first[:MOST]:
        assert row.expires_at is not None
        day = date_format(timezone.localtime(row.expires_at), "j M Y H:i")
        is_over = row.expires_at - timezone.now() <= SOON
        words = f"{row} has not been answered, and {'lapsed' if is_over else 'lapses'} on {day}."
        yield Reading(KIND, str(row.pk), 1, words)
    if len(first) > MOST:
        count = rows.count() - MOST
        yield Reading(KIND, "more", count, f"{count:,} further referrals lapse soon.")
