"""Relating: contacts come to belong to their companies there, once both are there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from crm_sync.agreeing import COMPANY_THERE
from crm_sync.connector import Api, Connector, Written
from crm_sync.hearing import heard
from crm_sync.links import keep_links
from crm_sync.models import Connection, Link
from integrations.lanes import Lane

AT_ONCE = 100
DUE = f"""
SELECT l.id, l.remote_id, f.remote_id FROM crm_sync_link AS l
JOIN contacts_contact AS c ON c.id = l.contact_id
JOIN crm_sync_link AS f ON f.company_id = c.company_id AND f.connection_id = l.connection_id
 AND f.object = 'company' AND f.state = 'linked'
WHERE l.connection_id = %s AND l.object = 'contact' AND l.state = 'linked' AND l.id > %s
 AND l.synced_at >= %s AND l.agreed ->> '{COMPANY_THERE}' IS DISTINCT FROM f.remote_id
ORDER BY l.id LIMIT {AT_ONCE}
"""


async def relate(
    connector: Connector, api: Api, lane: Lane, of: Connection, since: datetime
) -> int:
    """Tell the CRM who belongs to whom, of what was pushed since; return how many it took."""
    count, after = 0, 0
    while rows := await lane.run(_due, of.pk, after, since):
        pairs = [(contact, company) for _, contact, company in rows]
        said = await heard(connector, connector.relate(api, pairs))
        count += await lane.run(_note, rows, said)
        after = rows[-1][0]
    return count


def _due(connection_id: int, after: int, since: datetime) -> list[tuple[int, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(DUE, [connection_id, after, since])
        return list(cursor.fetchall())


def _note(rows: Sequence[tuple[int, str, str]], said: Sequence[Written]) -> int:
    """Remember which are related; a CRM that says nothing has done it with the record itself."""
    failed = {one.key for one in said if one.outcome not in ("created", "updated", "same")}
    company = {id_: firm for id_, contact, firm in rows if contact not in failed}
    links = list(Link.objects.filter(pk__in=list(company)))
    for link in links:
        link.agreed = link.agreed | {COMPANY_THERE: company[link.pk]}
    keep_links(links, ["agreed"])
    return len(links)
