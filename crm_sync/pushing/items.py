"""Items: what is owed, claimed; and what becomes of it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Count, F, Min, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from contacts.leases import Queue
from crm_sync.models import OutboxItem, Sync

# Lost in a batch, in a tenth of it, among ten, then three times by itself: then it is the item.
QUEUE = Queue(OutboxItem, most_losses=6)
HELD = "held"
MOST_TRIES = 8
FEW = 10
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 300.0
# What has changed meanwhile waits again, whatever became of the earlier state.
END = """
WITH ended AS (
 SELECT * FROM json_to_recordset(%(rows)s::json) AS n (id bigint, changes int, state text,
  words text, field text, code text, hash text, version int, due_at timestamptz, spared int)
), gone AS (
 DELETE FROM crm_sync_outboxitem AS i USING ended AS n
 WHERE i.id = n.id AND i.changes = n.changes AND n.state = 'done' AND i.worker_id = %(worker)s
)
UPDATE crm_sync_outboxitem AS i SET worker_id = NULL, tries = i.tries - n.spared,
 state = CASE WHEN i.changes <> n.changes OR n.state = 'done' THEN 'waiting' ELSE n.state END,
 due_at = CASE WHEN i.changes <> n.changes THEN now() ELSE COALESCE(n.due_at, i.due_at) END,
 words = n.words, field = n.field, code = n.code,
 payload_hash = n.hash, mapping_version = n.version
FROM ended AS n WHERE i.id = n.id AND i.worker_id = %(worker)s
 AND NOT (i.changes = n.changes AND n.state = 'done')
"""


@dataclass(slots=True)
class Item:
    """A claimed item; `hash` and `version` are of what was refused before, with the CRM's words."""

    id: int
    object: str
    subject_id: int
    changes: int
    tries: int
    losses: int
    hash: str
    version: int
    words: str
    field: str
    code: str


@dataclass(slots=True)
class Ended:
    """What an item came to: "done", "waiting" (again later), "rejected" or "dead"."""

    item: Item
    state: str
    words: str = ""
    field: str = ""
    code: str = ""
    hash: str = ""
    version: int = 0
    pause_s: float = 0.0
    is_spared: bool = False  # it was no try: nothing was sent, or the CRM asked to wait


def claim(worker_id: UUID, connection_id: int, obj: str, limit: int) -> list[Item]:
    """Claim due items of which no worker was lost."""
    return _claim(worker_id, connection_id, obj, limit, "losses = 0")


def claim_suspects(worker_id: UUID, connection_id: int, obj: str, limit: int) -> list[Item]:
    """Claim due items that were in hand when a worker was lost: the more often, the fewer.

    For a worker with nothing else in hand: then it is known what a worker dies of. A tenth of what
    goes at once else, then ten, then one.
    """
    for most, which in (
        (max(FEW, limit // FEW), "losses = 1"), (FEW, "losses = 2"), (1, "losses > 2"),
    ):  # fmt: skip
        if found := _claim(worker_id, connection_id, obj, min(most, limit), which):
            return found
    return []


def _claim(worker_id: UUID, connection_id: int, obj: str, limit: int, which: str) -> list[Item]:
    where, params = "connection_id = %s AND object = %s", [connection_id, obj]
    columns = (
        "id, object, subject_id, changes, tries, losses, payload_hash, mapping_version, words,"
        " field, code"
    )
    rows = QUEUE.claim(
        worker_id, limit, where=f"{where} AND {which}", params=params, columns=columns
    )
    return [Item(*row) for row in rows]


def end(ended: Iterable[Ended], worker_id: UUID) -> None:
    """Write what items came to; those that are another's by now are left to them."""
    now = timezone.now()
    rows = [
        {
            "id": one.item.id, "changes": one.item.changes, "state": one.state,
            "words": one.words[:300], "field": one.field[:100], "code": one.code[:60],
            "hash": one.hash, "version": one.version, "spared": int(one.is_spared),
            "due_at": now + timedelta(seconds=one.pause_s) if one.pause_s else None,
        }
        for one in ended
    ]  # fmt: skip
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(END, {"rows": orjson.dumps(rows).decode(), "worker": worker_id})


def later(
    item: Item, words: str, code: str = "", pause_s: float = 0.0, *, is_spared: bool = False
) -> Ended:
    """Let an item wait and be tried again, longer each time; after MOST_TRIES it is given up.

    It waits `pause_s` seconds at least, and up to a fifth more than it would, so that many do not
    come back together.
    """
    if item.tries >= MOST_TRIES and not is_spared:
        return Ended(item, "dead", words, code=code)
    grown = min(FIRST_PAUSE_S * 2 ** (item.tries - 1), LONGEST_PAUSE_S)
    pause_s = max(pause_s, grown) * random.uniform(1.0, 1.2)
    return Ended(item, "waiting", words, code=code, pause_s=pause_s, is_spared=is_spared)


def give_back(worker_ids: Sequence[UUID]) -> tuple[list[int], list[int]]:
    """Return what lost workers held: (ids waiting again, ids given up).

    It was no try: whether the CRM takes the record was not seen. How often a worker was lost with
    it is counted by itself.
    """
    back, dead = QUEUE.give_back(worker_ids)
    OutboxItem.objects.filter(pk__in=back).update(tries=Greatest(F("tries") - 1, 0))
    return back, dead


def put_back(worker_id: UUID, connection_id: int) -> int:
    """Return what the worker claimed of a connection and did not get to; tell how many."""
    held = OutboxItem.objects.filter(
        worker_id=worker_id, connection_id=connection_id, state=OutboxItem.State.CLAIMED
    )
    return held.update(
        state=OutboxItem.State.WAITING, worker_id=None, tries=Greatest(F("tries") - 1, 0)
    )


def reopen(connection_id: int, obj: str, version: int) -> int:
    """Let be tried what another version of the mapping was refused with, and what was held back.

    Return how many. Whether it is still held back is asked anew.
    """
    refused = OutboxItem.objects.filter(
        connection_id=connection_id, object=obj, state=OutboxItem.State.REJECTED
    )
    other = refused.filter(~Q(mapping_version=version) | Q(code=HELD))
    return other.update(state=OutboxItem.State.WAITING, tries=0, due_at=timezone.now())


def count_total(sync_id: int, connection_id: int) -> int:
    """Write how many records a sync has to look at, and return it."""
    count = _open(connection_id).count()
    Sync.objects.filter(pk=sync_id).update(total=count)
    return count


def waiting(connection_id: int) -> tuple[int, float]:
    """Return how many records wait for another try, and in how many seconds the first is due."""
    tried = _open(connection_id).filter(Q(tries__gt=0) | Q(losses__gt=0))
    found = tried.aggregate(n=Count("id"), due=Min("due_at"))
    if not found["n"]:
        return 0, 0.0
    return found["n"], max((found["due"] - timezone.now()).total_seconds(), 0.0)


def _open(connection_id: int) -> QuerySet[OutboxItem]:
    return OutboxItem.objects.filter(connection_id=connection_id, state=OutboxItem.State.WAITING)
