"""Retention: what a delivery said is deleted in time; its name stays as long as it may come again.

What is said holds personal data: numbers, texts of messages, leads. Deliveries that wait or are in
work are left alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connection
from django.utils import timezone

REMEMBERED = timedelta(days=30)  # longer than any sender tries, or our own key signs for
AT_ONCE = 2_000
log = structlog.get_logger(__name__)

# Step by step by the index that begins with the oldest; SKIP LOCKED: two may forget side by side.
# As an array the rows are chosen once; with IN some plans choose again, and touch more.
OLDEST = """
 SELECT id FROM webhooks_delivery WHERE state {state} AND received_at < %s
 ORDER BY received_at LIMIT %s FOR UPDATE SKIP LOCKED
"""
SAYING = OLDEST.format(state="<> 'forgotten' AND state IN ('done', 'kept', 'dead')")
NAMED = OLDEST.format(state="= 'forgotten'")
DELETE = "DELETE FROM webhooks_delivery WHERE id = ANY(ARRAY({oldest}))"
EMPTY = """
UPDATE webhooks_delivery
SET state = 'forgotten', payload = '{{}}', subject = '', outcome = '', worker_id = NULL
WHERE id = ANY(ARRAY({oldest}))
"""


def forget_old(
    seconds: float, should_stop: Callable[[], bool] = lambda: False, *, at_once: int = AT_ONCE
) -> int:
    """Delete what is past its time for about `seconds`; return how many rows were touched.

    Each step is a transaction of its own over `at_once` rows.
    """
    now, stop_at = timezone.now(), time.monotonic() + seconds
    past = now - timedelta(days=settings.DELIVERY_RETENTION_DAYS)
    steps = [(DELETE.format(oldest=SAYING), min(past, now - REMEMBERED))]
    if past > now - REMEMBERED:
        steps += [
            (DELETE.format(oldest=NAMED), now - REMEMBERED),
            (EMPTY.format(oldest=SAYING), past),
        ]
    count = 0
    for statement, before in steps:
        while time.monotonic() < stop_at and not should_stop():
            with connection.cursor() as cursor:
                cursor.execute(statement, [before, at_once])
                count += cursor.rowcount
                if cursor.rowcount < at_once:
                    break
    log.info("deliveries_forgotten", count=count)
    return count
