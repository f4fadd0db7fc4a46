"""Works bulk actions: claims one, lists its contacts once, changes them chunk by chunk."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog
from celery import current_app
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from contacts.bulk.changes import CHANGES, UNDOES, Outcome
from contacts.history import acting_as
from contacts.leases import Heart, Queue, TakenOver, worker
from contacts.models import BulkAction, BulkChunk
from contacts.selection import SelectionRefused, contacts

ACTIONS = Queue(BulkAction, waiting="waiting", claimed="working", dead="failed")
UNDOS = Queue(BulkAction, waiting="undoing", claimed="undoing", dead="failed")
TASK = "contacts.bulk"
CHUNK = 1_000
REFUSALS_KEPT = 100
GIVEN_UP = "given up: three workers were lost while they worked on it"
_FREE = "worker_id IS NULL"
log = structlog.get_logger(__name__)


def ring() -> None:
    """Tell the workers that there is work; a ring that is lost is rung again by the sweep."""
    current_app.send_task(TASK, retry=False)


def work_all() -> int:
    """Work bulk actions, and undo others, until none waits; return how many."""
    worked = 0
    with worker(_give_back) as own:
        while claimed := ACTIONS.claim(own, 1) or UNDOS.claim(own, 1, where=_FREE):
            _work(claimed[0][0], own)
            worked += 1
    return worked


def run(action_id: int) -> BulkAction:
    """Work one that waits in this process, if no other has it; return how it stands then."""
    with worker(_give_back) as own:
        this = f"{_FREE} AND id = %s"
        if any(queue.claim(own, 1, where=this, params=[action_id]) for queue in (ACTIONS, UNDOS)):
            _work(action_id, own)
    return BulkAction.objects.get(pk=action_id)


def sweep(lost: Sequence[UUID]) -> None:
    """Give what lost workers held to others, and ring for every bulk action that waits."""
    _give_back(lost)
    if BulkAction.objects.filter(worker_id=None, state__in=("waiting", "undoing")).exists():
        ring()


def _work(action_id: int, own: UUID) -> None:
    heart = Heart(own)
    try:
        _list(action_id, own)
        while _step(action_id, own):
            heart.beat()
    except SelectionRefused as refused:
        _end(BulkAction.objects.get(pk=action_id), BulkAction.State.FAILED, str(refused))
    except TakenOver as taken:
        log.warning("bulk_taken_over", action_id=action_id, reason=str(taken))


def _list(action_id: int, own: UUID) -> None:
    """Write down which contacts are meant; what changes later changes nothing of that."""
    with transaction.atomic():
        action = _held(action_id, own)
        if action.is_listed:
            return
        rows = contacts(action.selection).filter(pk__lt=action.below_id)
        sql, params = rows.values("pk").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO contacts_bulkchunk"
                " (action_id, contact_ids, changed_ids, is_done, is_undone)"
                " SELECT %s, array_agg(id ORDER BY id), '{}', false, false FROM ("
                "  SELECT id, (row_number() OVER (ORDER BY id DESC) - 1) / %s AS part"
                f" FROM ({sql}) AS meant (id)) AS parted GROUP BY part ORDER BY part",
                [action_id, CHUNK, *params],
            )
            cursor.execute(
                "UPDATE contacts_bulkaction SET is_listed = true, total_count = COALESCE(("
                " SELECT sum(cardinality(contact_ids)) FROM contacts_bulkchunk"
                " WHERE action_id = %s), 0) WHERE id = %s",
                [action_id, action_id],
            )


def _step(action_id: int, own: UUID) -> bool:
    """Change one chunk, or take it back, with the counts in one transaction; False at the end."""
    with transaction.atomic():
        action = _held(action_id, own)
        is_undo = action.state == BulkAction.State.UNDOING
        open_ = action.chunks.filter(is_undone=False) if is_undo else action.chunks
        chunk = open_.filter(is_done=is_undo).first()
        if chunk is None:
            _end(action, BulkAction.State.UNDONE if is_undo else BulkAction.State.DONE)
        elif is_undo:
            UNDOES[action.kind](action, chunk.changed_ids)
            _settle(action, chunk, is_undone=True)
        else:
            outcome = _change(action, chunk)
            _settle(action, chunk, is_done=True, changed_ids=outcome.changed)
            _count(action, outcome)
    return chunk is not None


def _change(action: BulkAction, chunk: BulkChunk) -> Outcome:
    if action.created_by is None:
        return CHANGES[action.kind](action, chunk.contact_ids)
    with acting_as(action.created_by):
        return CHANGES[action.kind](action, chunk.contact_ids)


def _settle(action: BulkAction, chunk: BulkChunk, **values: object) -> None:
    BulkChunk.objects.filter(pk=chunk.pk).update(**values)
    seen = F("seen_count") + len(chunk.contact_ids)
    BulkAction.objects.filter(pk=action.pk).update(seen_count=seen, losses=0)


def _count(action: BulkAction, outcome: Outcome) -> None:
    kept = [*action.refusals, *outcome.refused][:REFUSALS_KEPT]
    BulkAction.objects.filter(pk=action.pk).update(
        changed_count=F("changed_count") + len(outcome.changed),
        refused_count=F("refused_count") + len(outcome.refused),
        refusals=kept,
    )


def _held(action_id: int, own: UUID) -> BulkAction:
    """Return the action, locked; raises TakenOver when it is no longer this worker's."""
    mine = BulkAction.objects.select_for_update(of=("self",)).select_related(
        "created_by", "undone_by", "tag"
    )
    action = mine.filter(pk=action_id, worker_id=own, state__in=("working", "undoing")).first()
    if action is None:
        raise TakenOver(f"bulk action {action_id} is no longer ours")
    return action


def _end(action: BulkAction, state: str, error: str = "") -> None:
    BulkAction.objects.filter(pk=action.pk).update(
        state=state, worker_id=None, finished_at=Now(), error=error[:500]
    )


def _give_back(worker_ids: Sequence[UUID]) -> None:
    dead = [*ACTIONS.give_back(worker_ids)[1], *UNDOS.give_back(worker_ids)[1]]
    BulkAction.objects.filter(pk__in=dead).update(error=GIVEN_UP)
