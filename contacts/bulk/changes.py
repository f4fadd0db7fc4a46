"""What each kind of bulk action does to a chunk of contacts, inside the chunk's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError, RestrictedError

from contacts.models import BulkAction, Contact, ContactTag
from contacts.services import PERSON, reprocess, retry

WORKED_ON = "a run is working on it"
REFERRED_TO = "something that must stay refers to it"


@dataclass(slots=True)
class Outcome:
    """Ids of the contacts that were changed, and why others were not; the rest had no need."""

    changed: list[int]
    refused: list[tuple[int, str]] = field(default_factory=list)


def add_tag(action: BulkAction, ids: Sequence[int]) -> Outcome:
    return Outcome(put_tag(action, ids))


def remove_tag(action: BulkAction, ids: Sequence[int]) -> Outcome:
    return Outcome(take_tag(action, ids))


def put_tag(action: BulkAction, ids: Sequence[int]) -> list[int]:
    """Tag the contacts that are there and have not got it; return them. It stands in history."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_contacttag (contact_id, tag_id, added_by_id)"
            " SELECT id, %s, %s FROM contacts_contact WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"
            " ON CONFLICT DO NOTHING RETURNING contact_id",
            [action.tag_id, action.created_by_id, list(ids)],
        )
        put = sorted(pk for (pk,) in cursor.fetchall())
    _tell(action, put, before=None, after=action.tag_name)
    return put


def take_tag(action: BulkAction, ids: Sequence[int]) -> list[int]:
    """Take the tag off the contacts that have it; return them. It stands in history."""
    tagged = ContactTag.objects.filter(tag=action.tag, contact_id__in=ids)
    taken = list(
        tagged.select_for_update().order_by("contact_id").values_list("contact_id", flat=True)
    )
    tagged.filter(contact_id__in=taken).delete()
    _tell(action, taken, before=action.tag_name, after=None)
    return taken


def reopen(action: BulkAction, ids: Sequence[int]) -> Outcome:
    held = _locked(ids, Contact.Status.COMPLETED)
    reprocess(Contact.objects.filter(pk__in=held), action.reason)
    return Outcome(held)


def try_again(action: BulkAction, ids: Sequence[int]) -> Outcome:
    held = _locked(ids, Contact.Status.FAILED)
    retry(Contact.objects.filter(pk__in=held))
    return Outcome(held)


def delete(action: BulkAction, ids: Sequence[int]) -> Outcome:
    """Delete contacts with their notes and tags; what the database refuses is told one by one."""
    held = Contact.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    states = list(held.values_list("pk", "status"))
    busy = [(pk, WORKED_ON) for pk, status in states if status == Contact.Status.PROCESSING]
    free = [pk for pk, status in states if status != Contact.Status.PROCESSING]
    if _delete(free):
        return Outcome(free, busy)
    gone = [pk for pk in free if _delete([pk])]
    return Outcome(gone, busy + [(pk, REFERRED_TO) for pk in sorted({*free} - {*gone})])


def _locked(ids: Sequence[int], status: str) -> list[int]:
    held = Contact.objects.select_for_update().filter(pk__in=ids, status=status).order_by("pk")
    return list(held.values_list("pk", flat=True))


def _delete(ids: Sequence[int]) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            Contact.objects.filter(pk__in=ids).delete()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except (IntegrityError, ProtectedError, RestrictedError):
        return False
    return True


def _tell(action: BulkAction, ids: Sequence[int], *, before: str | None, after: str | None) -> None:
    """Tags are rows of their own, so no trigger on contacts tells of them."""
    by = f"{PERSON}{action.created_by.get_username()}" if action.created_by else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_contactchange (contact_id, by, before, after, sources)"
            " SELECT id, %s, jsonb_build_object('tag', %s::text),"
            " jsonb_build_object('tag', %s::text), '{}' FROM unnest(%s::bigint[]) AS t (id)",
            [by, before, after, list(ids)],
        )


CHANGES: dict[str, Callable[[BulkAction, Sequence[int]], Outcome]] = {
    BulkAction.Kind.ADD_TAG: add_tag,
    BulkAction.Kind.REMOVE_TAG: remove_tag,
    BulkAction.Kind.REPROCESS: reopen,
    BulkAction.Kind.RETRY: try_again,
    BulkAction.Kind.DELETE: delete,
}
UNDOES: dict[str, Callable[[BulkAction, Sequence[int]], list[int]]] = {
    BulkAction.Kind.ADD_TAG: take_tag,
    BulkAction.Kind.REMOVE_TAG: put_tag,
}
