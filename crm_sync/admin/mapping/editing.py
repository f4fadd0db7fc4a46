"""A mapping's page: looked at, rearranged as often as one likes, saved when it is right."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from contacts.admin.pages import person
from crm_sync.admin.mapping.access import CHANGE, READ, WRITE, Place, mapping_view, may_change
from crm_sync.admin.mapping.laying_out import laid_out
from crm_sync.admin.mapping.reading import Typed, pressed, read, typed
from crm_sync.admin.mapping.telling import log, told
from crm_sync.connector import OBJECTS
from crm_sync.mapping import service
from crm_sync.mapping.differences import differences
from crm_sync.models import Connection, Mapping

SAVE, RESET = "save", "reset"
VERSIONS_SHOWN = 20


@mapping_view(methods=READ + WRITE)
def page(request: HttpRequest, place: Place) -> HttpResponse:
    """The mapping: to look at, and for those who may to change."""
    kept = service.find(place.connection, place.object)
    if request.method != "POST":
        return shown(request, place, kept, typed(service.rows_of(kept)))
    if not may_change(request.user):
        raise PermissionDenied
    act, draft = request.POST.get("do", SAVE), read(request.POST)
    if act == RESET:
        ours = typed(service.defaults(place.connection, place.object))
        return shown(request, place, kept, ours, note="These are our defaults.")
    if act != SAVE:
        return shown(request, place, kept, pressed(request.POST, draft))
    return _saved(request, place, kept, [one for one in draft if not one.is_empty])


@mapping_view(CHANGE, methods=WRITE)
def arrange(request: HttpRequest, place: Place) -> HttpResponse:
    """The rows as the pressed button leaves them; nothing is kept."""
    draft = pressed(request.POST, read(request.POST))
    is_added = request.POST.get("do", "").startswith("add")
    return _part(request, place, draft, "_rows.html", is_added=is_added)


@mapping_view(CHANGE, methods=WRITE)
def look(request: HttpRequest, place: Place) -> HttpResponse:
    """What is to be said of the rows as they are typed; no control is drawn anew."""
    return _part(request, place, read(request.POST), "_said.html", is_said=True)


def _part(
    request: HttpRequest, place: Place, draft: list[Typed], template: str, **more: Any
) -> HttpResponse:
    kept = service.find(place.connection, place.object)
    context = {**_laid_out(kept, draft), "place": place, "may_change": True, **more}
    return render(request, f"crm_sync/mapping/{template}", context)


def _laid_out(kept: Mapping, draft: list[Typed]) -> dict[str, Any]:
    must = service.must_be_unique(kept.connection)
    fields = service.fields_of(kept)
    return laid_out(draft, fields, kept.key_field, kept.object, must_be_unique=must)


def _saved(request: HttpRequest, place: Place, kept: Mapping, draft: list[Typed]) -> HttpResponse:
    """Save what was typed, or show it with what is wrong."""
    if any(one.wrong for one in draft):
        return shown(request, place, kept, draft, is_refused=True)
    seen, rows = request.POST.get("seen", ""), [one.row for one in draft]
    try:
        saved = service.save(
            place.connection, place.object, rows, person(request),
            seen=int(seen) if seen.isdecimal() and len(seen) < 10 else None,
        )  # fmt: skip
    except service.MappingRefused:
        return shown(request, place, kept, draft, is_refused=True)
    except service.Overtaken as overtaken:
        theirs = overtaken.current
        lines = differences(service.rows_of(theirs), rows)
        return shown(request, place, theirs, draft, conflicts=lines)
    if saved.version != kept.version:
        log(request, place, f"saved as version {saved.version}")
    messages.success(request, told(saved))
    return redirect(place.address())


def shown(
    request: HttpRequest, place: Place, kept: Mapping, draft: list[Typed], **context: Any
) -> HttpResponse:
    """The whole page; `note` says where rows that are not saved come from."""
    whole = {
        **admin.site.each_context(request), "opts": Connection._meta,
        "title": f"{place.connection}: mapping of {place.words}", **_laid_out(kept, draft),
        "place": place, "mapping": kept, "may_change": may_change(request.user),
        "objects": _tabs(place), "versions": _versions(place), "older": _older(kept),
        **context,
    }  # fmt: skip
    return render(request, "crm_sync/mapping/page.html", whole)


def _tabs(place: Place) -> list[Place]:
    known = service.objects(place.connection)
    return [Place(place.connection, one) for one in OBJECTS if one in known]


def _older(kept: Mapping) -> int:
    return service.older(kept) if kept.pk else 0


def _versions(place: Place) -> list[dict[str, Any]]:
    """Return the last versions, newest first, each with what it changed in the one before."""
    rows = list(service.versions(place.connection, place.object)[: VERSIONS_SHOWN + 1])
    read_rows = [service.rows_of(one) for one in rows]
    return [
        {
            "mapping": one,
            "restore": place.address("restore", version=one.version),
            "changes": differences(read_rows[at + 1], read_rows[at]) if at + 1 < len(rows) else [],
            "is_first": at + 1 == len(rows),
        }
        for at, one in enumerate(rows[:VERSIONS_SHOWN])
    ]
