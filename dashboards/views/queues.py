"""Queues: what waits and since when, who works on it, and what was given up, to be replayed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import structlog
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from dashboards import queues
from dashboards.views.access import fragment, page
from enrichment.discovery.replaying import Replayed
from enrichment.discovery.replaying import replay_dead as replay_searches
from enrichment.discovery.service import DiscoveryRefused
from enrichment.models import Discovery, Run
from enrichment.replaying import replay_dead
from enrichment.services import RunRefused

PERMISSION = "dashboards.view_queues"
REPLAY = "dashboards.replay_dead"
WORKER_COLOURS = {"alive": "success", "silent": "warning", "lost": "danger"}
QUEUES = (
    ("runs", "Runs", "contacts", "admin:enrichment_run_change"),
    ("discoveries", "Discoveries", "places", "admin:enrichment_discovery_change"),
    ("imports", "Imports", "lines", "admin:contacts_import_change"),
    ("exports", "Exports", "contacts", "admin:contacts_export_change"),
    ("bulk_actions", "Bulk actions", "contacts", "admin:contacts_bulkaction_change"),
)

log = structlog.get_logger(__name__)


@page(PERMISSION)
def overview(request: HttpRequest) -> HttpResponse:
    """What waits, who works, and what was given up."""
    context = {
        **admin.site.each_context(request),
        "title": "Queues",
        "dead": queues.dead(),
        "dead_items": list(queues.dead_items()),
        "dead_searches": queues.dead_searches(),
        "dead_places": list(queues.dead_places()),
        "may_replay": request.user.has_perm(REPLAY),
        **_live(),
    }
    return render(request, "dashboards/queues.html", context)


@fragment(PERMISSION)
def live(request: HttpRequest) -> HttpResponse:
    """The part that changes by itself."""
    return render(request, "dashboards/_queues.html", _live())


@require_POST
@page(REPLAY)
def replay(request: HttpRequest, run_id: int, item_id: int | None = None) -> HttpResponse:
    """Put one dead item of a run, or all of them, back in its queue."""
    run = get_object_or_404(Run, pk=run_id)
    try:
        count = replay_dead(run, None if item_id is None else [item_id])
    except RunRefused as refused:
        messages.error(request, str(refused))
    else:
        log.info("dead_replayed", run=run_id, count=count, user=request.user.pk)
        said = f"{count:,} of {run} wait for a worker again." if count else "Nothing was left."
        messages.success(request, said)
    return HttpResponseRedirect(reverse("dashboards:queues"))


@require_POST
@page(REPLAY)
def replay_places(
    request: HttpRequest, discovery_id: int, place_id: int | None = None
) -> HttpResponse:
    """Have one dead place of a discovery searched again, or all of them."""
    row = get_object_or_404(Discovery, pk=discovery_id)
    user = request.user if isinstance(request.user, User) else None
    try:
        done = replay_searches(row, None if place_id is None else [place_id], user=user)
    except DiscoveryRefused as refused:
        messages.error(request, str(refused))
    else:
        log.info("places_replayed", discovery=discovery_id, count=done.count, user=request.user.pk)
        messages.success(request, _of_places(row, done))
    return HttpResponseRedirect(reverse("dashboards:queues"))


def _of_places(row: Discovery, done: Replayed) -> str:
    if not done.count:
        return "Nothing was left."
    if done.discovery.pk == row.pk:
        return f"{done.count:,} of {row} wait to be searched again."
    return (
        f"{done.count:,} of {row} are in discovery {done.discovery.pk}, which waits for approval."
    )


def _live() -> dict[str, Any]:
    lines = queues.every()
    workers = [(worker, queues.worker_state(worker)) for worker in queues.workers()]
    counts = Counter(state for _, state in workers)
    return {
        "queues": [(title, unit, page, lines[queue]) for queue, title, unit, page in QUEUES],
        "workers": [
            {"worker": worker, "state": state, "colour": WORKER_COLOURS[state]}
            for worker, state in workers
        ],
        "counts": {state: counts[state] for state in WORKER_COLOURS},
    }
