"""Calls of unknown outcome whose question was asked, and paid for, again: perhaps paid twice."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import connection

from integrations.ids import first_uuid7

EVER = datetime(2200, 12, 31, tzinfo=UTC)
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
# `apicall_unknown` gives the few of unknown outcome, `apicall_by_contact` what else was asked.
AGAIN = """
SELECT u.id FROM integrations_apicall AS u
WHERE u.outcome = 'unknown' AND u.id >= %s AND u.id < %s AND u.price_usd > 0 AND EXISTS (
 SELECT FROM integrations_apicall AS a WHERE a.contact_id = u.contact_id AND a.id > u.id
 AND a.account_id = u.account_id AND a.is_sandbox = u.is_sandbox AND a.price_usd > 0
 AND a.started_at < u.started_at + interval '1 day'
 AND string_to_array(a.lookup, '+') && string_to_array(u.lookup, '+'))
"""


def asked_again(since: datetime | None, until: datetime | None) -> list[UUID]:
    """Return the calls of unknown outcome that were paid for again within a day.

    `since` and `until` are over their ids, made at most an hour before they began.
    """
    with connection.cursor() as cursor:
        cursor.execute(AGAIN, [first_uuid7(since or BEGINNING), first_uuid7(until or EVER)])
        return [id_ for (id_,) in cursor.fetchall()]
