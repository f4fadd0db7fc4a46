"""What each kind of bulk action does to a chunk of contacts, inside the chunk's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError, RestrictedError

from contacts.models import BulkAction, Contact
from contacts.services import reprocess, retry
from contacts.suppression import Reason, suppress
from contacts.suppression.queries import own_suppressed
from contacts.suppression.service import hold_every_number, lift_own
from contacts.tagging import put_tag, take_tag

WORKED_ON = "a run is working on it"
REFERRED_TO = "something that must stay refers to it"


@dataclass(slots=True)
class Outcome:
    """Ids of the contacts that were changed, and why others were not; the rest had no need."""

    changed: list[int]
    refused: list[tuple[int, str]] = field(default_factory=list)


def add_tag(action: BulkAction, ids: Sequence[int]) -> Outcome:
    return Outcome(put_tag(action.tag, ids, action.created_by) if action.tag else [])


def remove_tag(action: BulkAction, ids: Sequence[int]) -> Outcome:
    return Outcome(take_tag(action.tag, ids, action.created_by) if action.tag else [])


def untag(action: BulkAction, ids: Sequence[int]) -> list[int]:
    return take_tag(action.tag, ids, action.undone_by) if action.tag else []


def tag_again(action: BulkAction, ids: Sequence[int]) -> list[int]:
    return put_tag(action.tag, ids, action.undone_by) if action.tag else []


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


def suppress_numbers(action: BulkAction, ids: Sequence[int]) -> Outcome:
    """Put the numbers on our own list; those that stand there already had no need."""
    phones = dict(Contact.objects.filter(pk__in=ids).values_list("pk", "phone_e164"))
    hold_every_number()
    standing = own_suppressed(phones.values())
    note = _suppressed_by(action)
    suppress(phones.values(), Reason.OWN, note=note, by=action.created_by)
    return Outcome(sorted(pk for pk, phone in phones.items() if phone not in standing))


def lift_numbers(action: BulkAction, ids: Sequence[int]) -> list[int]:
    """Take back what the action itself has put there; other reasons stand."""
    phones = Contact.objects.filter(pk__in=ids).values_list("phone_e164", flat=True)
    why = f"Bulk action {action.pk} undone"
    lift_own(list(phones), note=_suppressed_by(action), why=why, by=action.undone_by)
    return list(ids)


def _suppressed_by(action: BulkAction) -> str:
    return f"{action.reason} (bulk action {action.pk})"


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


CHANGES: dict[str, Callable[[BulkAction, Sequence[int]], Outcome]] = {
    BulkAction.Kind.ADD_TAG: add_tag,
    BulkAction.Kind.REMOVE_TAG: remove_tag,
    BulkAction.Kind.REPROCESS: reopen,
    BulkAction.Kind.RETRY: try_again,
    BulkAction.Kind.SUPPRESS: suppress_numbers,
    BulkAction.Kind.DELETE: delete,
}
UNDOES: dict[str, Callable[[BulkAction, Sequence[int]], list[int]]] = {
    BulkAction.Kind.ADD_TAG: untag,
    BulkAction.Kind.REMOVE_TAG: tag_again,
    BulkAction.Kind.SUPPRESS: lift_numbers,
}
