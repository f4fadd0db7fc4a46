"""Who must not be contacted, nor have their details passed on, because a referral says so."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

# The latest referral that says anything decides; it speaks of the contact that was made of it, and
# of whoever has one of the addresses in it.
BLOCKED = """
SELECT id FROM (
  SELECT DISTINCT ON (c.id) c.id, r.may_contact
  FROM contacts_contact AS c
  JOIN LATERAL (
    SELECT own.id, own.may_contact, own.connection_id, own.updated_there_at
    FROM crm_sync_referral AS own WHERE own.contact_id = c.id
    UNION
    SELECT named.id, named.may_contact, named.connection_id, named.updated_there_at
    FROM crm_sync_referral AS named
    WHERE c.email <> '' AND named.emails @> ARRAY[lower(c.email)::varchar]
  ) AS r ON r.may_contact IS NOT NULL
  JOIN crm_sync_connection AS k ON k.id = r.connection_id
    AND coalesce(k.options->>'ignores_consent', 'false') <> 'true'
  WHERE c.id = ANY(%s)
  ORDER BY c.id, r.updated_there_at DESC NULLS LAST, r.id DESC
) AS said WHERE may_contact IS FALSE
"""


def consents(contact_ids: Collection[int]) -> set[int]:
    """Return those of the contacts whom their referral's consent keeps from leaving this house.

    A connection whose option `ignores_consent` is on blocks nobody. Asked for a batch at a time;
    one query.
    """
    if not contact_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(BLOCKED, [list(contact_ids)])
        return {id_ for (id_,) in cursor.fetchall()}
