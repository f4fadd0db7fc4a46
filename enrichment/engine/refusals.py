"""What the database refuses of a batch is found, and given up alone."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.db import DatabaseError

from enrichment.engine.items import Finished
from enrichment.engine.writing import Batch, write
from integrations.lanes import Lane

log = structlog.get_logger(__name__)


async def write_all_but_refused(lane: Lane, batch: Batch, worker_id: UUID) -> None:
    """Write a batch; a part of it that the database refuses is cut down to the one item."""
    try:
        await lane.run(write, batch, worker_id)
    except DatabaseError as refusal:
        parts = batch.parts()
        if not parts:
            await _give_up(lane, batch, worker_id, refusal)
        for part in parts:
            await write_all_but_refused(lane, part, worker_id)


async def _give_up(lane: Lane, batch: Batch, worker_id: UUID, refusal: DatabaseError) -> None:
    """Drop the one thing that the database refuses, with its reason."""
    reason = str(refusal).split("\n")[0]
    if not batch.finished:
        log.error("not_stored", answers=len(batch.answers), calls=len(batch.settled), why=reason)
        return
    item = batch.finished[0].item
    log.error("item_not_stored", item=item.id, why=reason)
    item.changes.clear()
    item.said.clear()
    item.trace = {}
    dead = Finished(item, "dead", f"what was learned could not be stored: {reason}")
    await lane.run(write, Batch(finished=[dead]), worker_id)
