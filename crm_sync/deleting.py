"""Deleting: remote records that have to go; the rows stay as receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from contacts import leases
from contacts.leases import Queue
from crm_sync.connector import Api, Connector, Written
from crm_sync.erasing import BY_KEY
from crm_sync.hearing import heard
from crm_sync.models import Connection, Deletion
from integrations.errors import CallError
from integrations.lanes import Lane

QUEUE = Queue(Deletion)
AT_ONCE = 50
PAUSE = timedelta(minutes=1)
NOT_THERE = "it was not there any more"


async def delete(
    of: Connection, connector: Connector, api: Api, lane: Lane, worker_id: UUID,
    reasons: Sequence[str] = Deletion.Reason.values,
) -> int:  # fmt: skip
    """Delete what is due for these reasons; return how many are gone.

    Raises CallError; what is left waits.
    """
    count = 0
    for obj in reversed(connector.objects):  # contacts before the companies they belong to
        while rows := await lane.run(_claim, worker_id, of.pk, obj, reasons):
            try:
                told = await _known(connector, api, obj, rows)
                ids = sorted(set(told.values()) - {""})
                said = await heard(connector, connector.delete(api, obj, ids)) if ids else []
            except CallError:
                await lane.run(_settle, rows, {}, worker_id)
                raise
            count += await lane.run(_settle, rows, _by_row(told, said), worker_id)
    return count


async def _known(
    connector: Connector, api: Api, obj: str, rows: Sequence[tuple[int, str]]
) -> dict[str, str]:
    """Return the records' ids there; of a write whose answer was lost, what has our key, or ""."""
    told = {remote_id: remote_id for _, remote_id in rows}
    for one in told:
        if one.startswith(BY_KEY):
            by = [(api.key_fields[obj], one.removeprefix(BY_KEY))]
            found = await heard(connector, connector.find(api, obj, by, []))
            told[one] = found[0].id if found else ""
    return told


def _by_row(told: Mapping[str, str], said: Sequence[Written]) -> dict[str, Written]:
    """Return outcomes by what the rows call their records; one that is not there is gone."""
    outcomes = {one.key: one for one in said} | {"": Written("", "gone")}
    return {row: outcomes[id_] for row, id_ in told.items() if id_ in outcomes}


def _claim(
    worker_id: UUID, connection_id: int, obj: str, reasons: Sequence[str]
) -> list[tuple[int, str]]:
    where = "connection_id = %s AND object = %s AND reason = ANY(%s)"
    params = [connection_id, obj, list(reasons)]
    rows = QUEUE.claim(worker_id, AT_ONCE, where=where, params=params, columns="id, remote_id")
    return [(int(id_), str(remote_id)) for id_, remote_id in rows]


def _settle(rows: Sequence[tuple[int, str]], said: Mapping[str, Written], worker_id: UUID) -> int:
    if not leases.holds(worker_id):
        return 0
    gone = 0
    for id_, remote_id in rows:
        one = said.get(remote_id)
        mine = Deletion.objects.filter(pk=id_, worker_id=worker_id)
        if one is None or one.outcome in ("again", "unknown"):
            mine.update(state=Deletion.State.WAITING, worker_id=None, due_at=timezone.now() + PAUSE)
            continue
        is_gone = one.outcome in ("updated", "same", "gone")
        words = NOT_THERE if one.outcome == "gone" else one.words[:300]
        state = Deletion.State.DONE if is_gone else Deletion.State.FAILED
        mine.update(state=state, words=words, worker_id=None, finished_at=timezone.now())
        gone += is_gone
    return gone
