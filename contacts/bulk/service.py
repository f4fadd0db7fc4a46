"""Starts bulk actions and takes them back: small ones at once, large ones by the workers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.db.models import Max

from contacts.annotations import tag_named
from contacts.bulk import work
from contacts.models import BulkAction, Contact, Tag
from contacts.paging import COUNTED
from contacts.queries import count_of

_DONE, _UNDOING = BulkAction.State.DONE, BulkAction.State.UNDOING


class NotPossible(Exception):
    """What was asked cannot be done with the bulk action as it stands."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person has confirmed: the contacts below `below_id` that a selection names.

    `click` is the form's own: sent twice, it is done once.
    """

    kind: str
    selection: Mapping[str, Any]
    below_id: int
    click: UUID
    tag_name: str = ""
    reason: str = ""


def newest_id() -> int:
    """Return an id that the next contacts will have at least: the end of what a count saw."""
    return int(Contact.objects.aggregate(last=Max("pk"))["last"] or 0) + 1


def start(wish: Wish, user: User) -> BulkAction:
    """Do it, at once for up to COUNTED contacts, else let the workers; return how it stands.

    Raises ValidationError for a tag whose name does not do.
    """
    count = count_of(wish.selection)
    action, is_new = BulkAction.objects.get_or_create(
        click=wish.click,
        defaults={
            "kind": wish.kind,
            "selection": dict(wish.selection),
            "below_id": wish.below_id,
            "total_count": count.number,
            "created_by": user,
            "reason": wish.reason,
            "due_at": TransactionNow(),  # the statement's time would be later than the claim's
            **_tag_of(wish),
        },
    )
    return _work_or_ring(action, count.number) if is_new else action


def undo(action: BulkAction, user: User) -> BulkAction:
    """Take tagging or suppressing back for the contacts that it changed, in this person's name.

    Raises NotPossible for anything else, and when it is not done.
    """
    if not action.is_undoable:
        raise NotPossible("only tagging and “do not contact” can be undone")
    if action.is_tagging and action.tag_id is None:
        raise NotPossible("the tag itself has been deleted")
    done = BulkAction.objects.filter(pk=action.pk, state=_DONE)
    if not done.update(state=_UNDOING, undone_by=user, worker_id=None, losses=0, seen_count=0):
        raise NotPossible("it is not done, or has been undone already")
    return _work_or_ring(action, action.total_count)


def _tag_of(wish: Wish) -> dict[str, Any]:
    if wish.kind == BulkAction.Kind.ADD_TAG:
        tag = tag_named(wish.tag_name)
    elif wish.kind == BulkAction.Kind.REMOVE_TAG:
        tag = Tag.objects.get(name__iexact=wish.tag_name)
    else:
        return {}
    return {"tag": tag, "tag_name": tag.name}


def _work_or_ring(action: BulkAction, count: int) -> BulkAction:
    if count <= COUNTED:
        return work.run(action.pk)
    transaction.on_commit(work.ring, robust=True)
    action.refresh_from_db()
    return action
