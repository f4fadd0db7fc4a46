"""A look at everything: what is too much becomes an alert once, and what is over ends it once.

Any number of processes may look at the same time: they write one after the other, a row is opened
by INSERT … ON CONFLICT and raised and cleared by an UPDATE that only one of them can win, and the
messages that are owed for it are written in the same transaction.

Beat has a worker look every half minute (`tasks.watch`). Beat cannot tell that beat is silent, nor
reach anybody while Redis is away: so whatever asks the web processes how things are, which are
/health/detailed, /metrics and the strip on the home page, looks in their stead when nobody has
looked for a while (`stand_in`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from dashboards.alerting import notifying
from dashboards.alerting.announcing import announce
from dashboards.alerting.kinds import KINDS, rules
from dashboards.alerting.measuring import measure
from dashboards.alerting.readings import Reading
from dashboards.models import Alert, AlertRound, Notice

STALE_S = 75  # two looks missed
LOCK = 0x51771CE  # the advisory lock of who writes what a look found

OPEN = """
INSERT INTO dashboards_alert (kind, subject, level, message, value)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::float[])
ON CONFLICT (kind, subject) WHERE cleared_at IS NULL DO UPDATE
SET message = EXCLUDED.message, value = EXCLUDED.value, quiet_since = NULL
"""
# statement_timestamp() and not now(): the row may be younger than the transaction.
RAISE = """
UPDATE dashboards_alert AS a SET raised_at = statement_timestamp()
FROM dashboards_alertrule AS r
WHERE r.kind = a.kind AND a.kind = ANY(%s) AND a.cleared_at IS NULL AND a.raised_at IS NULL
AND a.since <= statement_timestamp() - r.for_s * interval '1 second' RETURNING a.id
"""
# Of a measured kind, and not among the readings that keep it as it is.
ENDED = """
cleared_at IS NULL AND kind = ANY(%s)
AND (kind, subject) NOT IN (SELECT * FROM unnest(%s::text[], %s::text[]))
"""
FORGET = f"DELETE FROM dashboards_alert WHERE raised_at IS NULL AND {ENDED}"
CALM = f"""
UPDATE dashboards_alert SET quiet_since = statement_timestamp()
WHERE quiet_since IS NULL AND {ENDED}
"""
CLEAR = """
UPDATE dashboards_alert AS a SET cleared_at = statement_timestamp()
FROM dashboards_alertrule AS r
WHERE r.kind = a.kind AND a.cleared_at IS NULL AND a.raised_at IS NOT NULL AND (NOT r.is_enabled
OR a.quiet_since <= statement_timestamp() - r.quiet_s * interval '1 second') RETURNING a.id
"""

log = structlog.get_logger(__name__)


def watch() -> None:
    """Look, and send what is owed."""
    look()
    notifying.deliver()


def stand_in() -> None:
    """Do what beat and the workers should, if they have not lately; one process at a time."""
    since = timezone.now() - timedelta(seconds=STALE_S)
    if AlertRound.objects.filter(looked_at__gte=since).exists():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return
        look()
    notifying.deliver(limit=2)  # somebody waits for a page


def look() -> None:
    """Measure, raise and clear."""
    known = rules()
    measured, readings = measure()
    measured |= {slug for slug, rule in known.items() if not rule.is_enabled}
    readings = [one for one in readings if known[one.kind].is_enabled]
    over = [one for one in readings if one.value >= known[one.kind].threshold]
    open_still = [one for one in readings if one.value > known[one.kind].clears_at]
    with transaction.atomic():
        _execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        raised = _raise(measured, over)
        cleared = _clear(measured, open_still)
        notifying.owe(raised, Notice.Event.RAISED)
        notifying.owe(cleared, Notice.Event.CLEARED)
        announce(raised, cleared)
        now = timezone.now()  # one looks at a time: whoever finds no row makes it
        if not AlertRound.objects.filter(id=1).update(looked_at=now):
            AlertRound.objects.create(id=1, looked_at=now)
    for alert in (*raised, *cleared):
        what = "alert_cleared" if alert.cleared_at else "alert_raised"
        log.warning(what, kind=alert.kind, subject=alert.subject, value=round(alert.value, 2))


def _raise(measured: set[str], over: list[Reading]) -> list[Alert]:
    """Open what is over its threshold, and return what has been for long enough by now."""
    _execute(FORGET, _ended(measured, over))
    _execute(
        OPEN,
        [
            [one.kind for one in over],
            [one.subject for one in over],
            [KINDS[one.kind].level for one in over],
            [f"{one.words} {KINDS[one.kind].todo}"[:500] for one in over],
            [float(one.value) for one in over],
        ],
    )
    return _changed(RAISE, [sorted(measured)])


def _clear(measured: set[str], open_still: list[Reading]) -> list[Alert]:
    _execute(CALM, _ended(measured, open_still))
    return _changed(CLEAR, [])


def _ended(measured: set[str], kept: list[Reading]) -> list[list[str]]:
    return [sorted(measured), [one.kind for one in kept], [one.subject for one in kept]]


def _changed(sql: str, params: Sequence[Any]) -> list[Alert]:
    ids = [id_ for (id_,) in _execute(sql, params)]
    return list(Alert.objects.filter(pk__in=ids).order_by("pk")) if ids else []


def _execute(sql: str, params: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.fetchall() if cursor.description else []
