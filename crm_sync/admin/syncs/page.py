"""The page of one sync: how far it is while it works, then what it came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.admin import ModelAdmin

from contacts.admin.pages import address, go_to, person, show
from crm_sync import services
from crm_sync.admin.syncs import access
from crm_sync.admin.syncs.progress import how_far
from crm_sync.admin.syncs.report import report
from crm_sync.connecting.setting_up import note
from crm_sync.models import Sync
from crm_sync.models.sync import OPEN
from crm_sync.wording import ADVICE, OBJECTS, STATE_COLOURS, by_object
from enrichment.admin import links
from enrichment.progress import Sample, read_samples, write_samples

EVERY_S = {"claimed": 2, "waiting": 3}


@dataclass(frozen=True, slots=True)
class ToMend:
    """A problem in words, with the field and the object it is about, and where it is mended."""

    words: str
    field: str
    about: str
    link: str
    is_mapping: bool


def page(office: ModelAdmin, request: HttpRequest, sync: Sync) -> HttpResponse:
    """How a sync stands, what it came to, and what can be done with it."""
    user, is_open = request.user, sync.state in OPEN
    starts = sync.is_dry and not is_open and access.may_sync(user)
    return show(
        office, request, "crm_sync/syncs/page.html", title_of(sync),
        is_open=is_open, problems=_to_mend(user, sync),
        advice=ADVICE.get(sync.category, ""), back=access.connection_link(user, sync.connection),
        report=report(request, sync) if sync.is_dry and not is_open else {},
        what="full" if sync.is_full else "now",
        start_link=access.start_link(sync.connection) if starts else "",
        may_stop=is_open and not sync.wants_stop and access.may_stop(user, sync),
        **_live(request, sync, []),
    )  # fmt: skip


def live(office: ModelAdmin, request: HttpRequest, sync: Sync) -> HttpResponse:
    """The part that changes; when the state has, the whole page comes anew."""
    if request.GET.get("seen") != _seen(sync):
        return HttpResponse(headers={"HX-Refresh": "true"})
    earlier = read_samples(request.GET.get("samples", ""))
    return show(office, request, "crm_sync/syncs/_live.html", "", **_live(request, sync, earlier))


def stop(office: ModelAdmin, request: HttpRequest, sync: Sync) -> HttpResponse:
    """Let it stop at its next step; what it has done stays done."""
    if services.stop(sync):
        note(sync.connection, person(request), f"Stopped sync {sync.pk}")
        messages.success(request, "The sync stops at its next step. What it has done stays done.")
    else:
        messages.info(request, "The sync was over already.")
    return go_to(sync)


def title_of(sync: Sync) -> str:
    return f"{sync.connection}: {kind_of(sync).lower()} {sync.pk}"


def kind_of(sync: Sync) -> str:
    """Return in words which kind of sync it is."""
    if sync.is_dry:
        return "Dry run of everything" if sync.is_full else "Dry run"
    return "Sync of everything" if sync.is_full else "Sync"


def _live(request: HttpRequest, sync: Sync, earlier: list[Sample]) -> dict[str, Any]:
    is_open = sync.state in OPEN
    far, samples = how_far(sync, earlier) if is_open else (None, [])
    query = urlencode({"seen": _seen(sync), "samples": write_samples(samples)})
    return {
        "sync": sync,
        "kind": kind_of(sync),
        "colour": STATE_COLOURS.get(sync.state, ""),
        "far": far,
        "every_s": EVERY_S.get(sync.state),
        "live_url": f"{address(sync, 'live')}?{query}",
        "objects": by_object(sync.counts, is_dry=sync.is_dry),
        "workers_url": links.workers(request.user) if is_open else "",
        "is_put_off": sync.state == Sync.State.WAITING and sync.due_at > timezone.now(),
    }


def _seen(sync: Sync) -> str:
    """What the page shows of the sync: another state is another page."""
    return f"{sync.state} {sync.wants_stop:d} {len(sync.problems)}"


def _to_mend(user: Any, sync: Sync) -> list[ToMend]:
    return [_mend(user, sync, one) for one in sync.problems if isinstance(one, dict)]


def _mend(user: Any, sync: Sync, one: Mapping[str, Any]) -> ToMend:
    """Return a problem with where it is mended: a field's in the mapping, else the connection."""
    obj = str(one.get("object") or "")
    mapping = access.mapping_link(user, sync.connection, obj) if obj else ""
    link = mapping or access.connection_link(user, sync.connection)
    field = str(one.get("field") or "")
    return ToMend(str(one.get("words") or ""), field, OBJECTS.get(obj, obj), link, bool(mapping))
