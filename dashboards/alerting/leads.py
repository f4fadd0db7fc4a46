"""Changes of leads' domains as readings: each change once, and many of a day in one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from dashboards.alerting.readings import Reading
from enrichment.leads.wording import in_words
from enrichment.models import LeadChange

KIND = "lead_changed"
SHOWN_FOR = timedelta(days=1)
MOST = 20  # of a day that are told one by one; what comes on top is told together


def lead_changes() -> Iterator[Reading]:
    """Yield a reading for each of the first changes of a day, and one for all that follow.

    The subject names the change, so it is an alert once, however often somebody looks.
    """
    since = timezone.now() - SHOWN_FOR
    rows = LeadChange.objects.filter(at__gte=since).exclude(alert="").order_by("at", "pk")
    counts: Counter[datetime] = Counter()
    together: Counter[str] = Counter()
    for change in rows.iterator():
        day = change.at.replace(hour=0, minute=0, second=0, microsecond=0)
        counts[day] += 1
        if counts[day] <= MOST:
            label = change.get_alert_display()
            yield Reading(KIND, str(change.pk), 1, f"{change.domain}: {label}. {in_words(change)}.")
        else:
            together[f"{day:%Y-%m-%d}"] += 1
    for day_name, count in together.items():
        yield Reading(KIND, day_name, count, f"{count:,} further changes of leads on {day_name}.")
