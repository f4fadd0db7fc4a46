"""Puts a tag on contacts and takes it off; both stand in their history, with who did it."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import connection, transaction

from contacts.models import ContactTag, Tag
from contacts.services import PERSON


@transaction.atomic
def put_tag(tag: Tag, ids: Sequence[int], by: User | None) -> list[int]:
    """Tag the contacts that are there and have not got it; return their ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_contacttag (contact_id, tag_id, added_by_id)"
            " SELECT id, %s, %s FROM contacts_contact WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"
            " ON CONFLICT DO NOTHING RETURNING contact_id",
            [tag.pk, by.pk if by else None, list(ids)],
        )
        put = sorted(pk for (pk,) in cursor.fetchall())
    _tell(put, by, before=None, after=tag.name)
    return put


@transaction.atomic
def take_tag(tag: Tag, ids: Sequence[int], by: User | None) -> list[int]:
    """Take the tag off the contacts that have it; return their ids."""
    tagged = ContactTag.objects.filter(tag=tag, contact_id__in=ids)
    taken = list(
        tagged.select_for_update().order_by("contact_id").values_list("contact_id", flat=True)
    )
    tagged.filter(contact_id__in=taken).delete()
    _tell(taken, by, before=tag.name, after=None)
    return taken


def _tell(ids: Sequence[int], by: User | None, *, before: str | None, after: str | None) -> None:
    """Tags are rows of their own, so no trigger on contacts tells of them."""
    who = f"{PERSON}{by.get_username()}" if by else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_contactchange (contact_id, by, before, after, sources)"
            " SELECT id, %s, jsonb_build_object('tag', %s::text),"
            " jsonb_build_object('tag', %s::text), '{}' FROM unnest(%s::bigint[]) AS t (id)",
            [who, before, after, list(ids)],
        )
