"""Pulling one object of one connection: page by page, each with its cursor in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from crm_sync.connector import Api, Page
from crm_sync.hearing import heard
from crm_sync.models import Position
from crm_sync.pulling.taking import take
from crm_sync.pushing.plan import Plan
from integrations.lanes import Lane


async def pull(
    plan: Plan,
    api: Api,
    lane: Lane,
    worker_id: UUID,
    counts: Counter[str],
    should_stop: Callable[[], bool],
) -> bool:
    """Take in what changed there; tell whether all of it is in. Raises CallError.

    A crash between two pages costs nothing but asking for one again.
    """
    cursor = await lane.run(_cursor, plan)
    while not should_stop():
        known = plan.connector
        page = await heard(known, known.changed(api, plan.object, cursor, plan.remote_names))
        counts.update(await lane.run(_take_page, plan, page, worker_id))
        cursor = page.cursor
        if not page.has_more:
            return True
    return False


def _cursor(plan: Plan) -> Mapping[str, Any]:
    found = Position.objects.filter(connection=plan.connection, object=plan.object).first()
    return found.cursor if found else {}


def _take_page(plan: Plan, page: Page, worker_id: UUID) -> Counter[str]:
    counts = take(plan, page.records, worker_id)
    Position.objects.update_or_create(
        connection=plan.connection, object=plan.object, defaults={"cursor": dict(page.cursor)}
    )
    return counts
