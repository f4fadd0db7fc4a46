"""Collecting: what changed here comes into the outboxes of the connections that push it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from contacts.selection import contacts
from crm_sync.connector import COMPANY
from crm_sync.models import Connection, Link, OutboxItem

AT_ONCE = 10_000
USUALLY = {"status": "completed"}
ADD = """
INSERT INTO crm_sync_outboxitem (connection_id, object, subject_id, state)
SELECT told.connection_id, told.object, told.subject_id, 'waiting' FROM ({rows}) AS told
ORDER BY 1, 2, 3
ON CONFLICT (connection_id, object, subject_id) DO UPDATE SET
 changes = crm_sync_outboxitem.changes + 1, due_at = now(), tries = 0, losses = 0,
 state = CASE WHEN crm_sync_outboxitem.state = 'claimed' THEN 'claimed' ELSE 'waiting' END
"""
# A company's change is one of its contacts, too: what is sent of them may hold its name.
# A contact's change is one of its company, where the CRM has that not, or not as it is.
CHANGED = """
SELECT own.connection_id, own.wanted AS object, t.subject_id FROM own JOIN taken AS t
 ON (own.wanted = 'company') = (t.object = 'company')
UNION SELECT own.connection_id, own.wanted, p.id FROM own
 JOIN taken AS t ON own.wanted <> 'company' AND t.object = 'company'
 JOIN contacts_contact AS p ON p.company_id = t.subject_id
UNION SELECT own.connection_id, own.wanted, p.company_id FROM own
 JOIN taken AS t ON own.wanted = 'company' AND t.object = 'contact'
 JOIN contacts_contact AS p ON p.id = t.subject_id AND p.company_id IS NOT NULL
 WHERE NOT EXISTS (SELECT FROM crm_sync_link AS l WHERE l.company_id = p.company_id
  AND l.connection_id = own.connection_id AND l.object = 'company'
  AND (l.sent_hash <> '' OR l.state IN ('several', 'detached')))
"""
TAKE = """
WITH taken AS (DELETE FROM crm_sync_change WHERE id = ANY(ARRAY(
 SELECT id FROM crm_sync_change ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED))
 RETURNING object, subject_id
), own AS (
 SELECT c.id AS connection_id, wanted FROM crm_sync_connection AS c
 CROSS JOIN jsonb_array_elements_text(c.objects_on) AS wanted
 WHERE c.is_enabled AND c.direction <> 'pull'
)
"""


def collect() -> int:
    """Hand changes to the outboxes; return how many were taken, AT_ONCE at the most.

    In the caller's transaction: what is taken stands in the outboxes, or was not taken.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE + ", told AS (" + ADD.format(rows=CHANGED) + ") SELECT count(*) FROM taken",
            [AT_ONCE],
        )
        (count,) = cursor.fetchone() or (0,)
    return int(count)


def collect_all(of: Connection, after: int) -> int | None:
    """Put contacts with ids above `after`, and their companies, into a connection's outbox.

    Return the last id of these, None when there are no more. For a sync that compares everything.
    """
    chosen = contacts(of.selection or USUALLY).filter(pk__gt=after).order_by("pk")
    rows = list(chosen.values_list("pk", "company_id")[:AT_ONCE])
    if not rows:
        return None
    objects: list[str] = of.objects_on
    firms = {firm for _, firm in rows if firm} if COMPANY in objects else set()
    for obj in objects:
        add(of, obj, sorted(firms) if obj == COMPANY else [pk for pk, _ in rows])
    return int(rows[-1][0])


def collect_newcomers(of: Connection, obj: str, after: int) -> int | None:
    """Put records with ids above `after` that came into the connection's selection into its outbox.

    A tag, an import or a run is nothing that is written on the record, so no change tells of it.
    Whoever has an item, or was taken by the CRM as he stands here, is none. Return the last id of
    these, None when there are no more.
    """
    side = "company_id" if obj == COMPANY else "pk"
    ours = "company_id" if obj == COMPANY else "contact_id"
    settled = ~Q(sent_hash="") | Q(state__in=[Link.State.SEVERAL, Link.State.DETACHED])
    links = Link.objects.filter(settled, connection=of, object=obj, **{ours: OuterRef(side)})
    items = OutboxItem.objects.filter(connection=of, object=obj, subject_id=OuterRef(side))
    new = contacts(of.selection).filter(~Exists(links), ~Exists(items), **{f"{side}__gt": after})
    found = new.order_by(side).values_list(side, flat=True).distinct()
    ids: list[int] = list(found[:AT_ONCE])
    add(of, obj, ids)
    return ids[-1] if ids else None


def add(of: Connection, obj: str, ids: Sequence[int]) -> None:
    """Put records into a connection's outbox."""
    if not ids:
        return
    rows = "SELECT %s::bigint AS connection_id, %s AS object, unnest(%s::bigint[]) AS subject_id"
    with connection.cursor() as cursor:
        cursor.execute(ADD.format(rows=rows), [of.pk, obj, list(ids)])


def selected(of: Connection, obj: str, ids: Sequence[int]) -> set[int]:
    """Return which of these contacts the connection's selection holds; of companies, whose."""
    chosen = contacts(of.selection or USUALLY)
    if obj != COMPANY:
        return set(chosen.filter(pk__in=list(ids)).values_list("pk", flat=True))
    firms = chosen.filter(company_id__in=list(ids)).values_list("company_id", flat=True)
    return {firm for firm in firms.order_by().distinct() if firm is not None}
