"""The work of discoveries in a process: search, put together, import, settle; and the sweep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import structlog
from django.db.models import Exists, OuterRef
from django.utils import timezone

from contacts.importing import work as importing
from contacts.leases import TakenOver
from enrichment.discovery import ending, settling, working
from enrichment.models import Discovery, DiscoveryPlace
from enrichment.ringing import ring_discovery
from enrichment.runtime import Runtime, runtime
from integrations.accounts import Accounts
from integrations.services import ensure_accounts

log = structlog.get_logger(__name__)


def work(
    seconds: float, should_stop: Callable[[], bool] = lambda: False, *, using: Runtime | None = None
) -> bool:
    """Search for about `seconds` and bring what has ended on its way; tell whether more is due."""
    ensure_accounts()
    here = using or runtime()
    has_more = here.run(working.Searcher(here.gate).work(seconds, should_stop))
    for pk in searched():
        finish(pk)
    for pk in settling.unfinished():
        settling.settle(pk)
    return has_more


def searched() -> list[int]:
    """Return the working discoveries without an open place."""
    open_places = DiscoveryPlace.objects.filter(
        discovery=OuterRef("pk"), state__in=("waiting", "claimed")
    )
    rows = Discovery.objects.filter(state=Discovery.State.WORKING)
    rows = rows.filter(~Exists(open_places)).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def finish(discovery_id: int) -> None:
    """Put a searched discovery together, work its import here, and settle it."""
    record = ending.end_searching(discovery_id)
    if record is None:
        return
    try:
        if record.state == record.State.WAITING:
            importing.run_import(record.pk)
    except TakenOver:  # another worker was quicker; the sweep comes back to it
        log.info("import_taken_by_another", discovery=discovery_id)
        return
    settling.settle(discovery_id)


def sweep(lost: Sequence[UUID]) -> None:
    """Give places that lost workers held to others; in the sweep's own transaction."""
    _, dead = working.QUEUE.give_back(lost) if lost else ([], [])
    if dead:
        working.give_up(dead)


def go_on(accounts: Accounts) -> None:
    """Let blocked discoveries go on whose reason is gone, and ring where anything is due."""
    from enrichment.sweeping import is_mended

    for row in Discovery.objects.filter(state=Discovery.State.BLOCKED).exclude(blocked_by=""):
        if is_mended(row.blocked_by, accounts, is_sandbox=row.is_sandbox):
            Discovery.objects.filter(pk=row.pk, state=Discovery.State.BLOCKED).update(
                state=Discovery.State.WORKING, blocked_by="", reason=""
            )
    if _is_anything_due():
        ring_discovery()


def _is_anything_due() -> bool:
    working_ones = Discovery.objects.filter(state=Discovery.State.WORKING)
    due = DiscoveryPlace.objects.filter(
        discovery__in=working_ones, state="waiting", due_at__lte=timezone.now()
    )
    return due.exists() or bool(searched()) or bool(settling.unfinished())
