"""Older versions: brought back, and what was sent with them sent again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from contacts.admin.pages import person
from crm_sync.admin.mapping.access import CHANGE, WRITE, Place, mapping_view
from crm_sync.admin.mapping.telling import log
from crm_sync.mapping import service
from crm_sync.models import Mapping


@mapping_view(CHANGE, methods=WRITE)
def restore(request: HttpRequest, place: Place, version: int) -> HttpResponse:
    """Make an older version the current one, as a new version."""
    old = get_object_or_404(
        Mapping, connection=place.connection, object=place.object, version=version
    )
    seen = request.POST.get("seen", "")
    try:
        number = int(seen) if seen.isdecimal() and len(seen) < 10 else None
        saved = service.restore(old, person(request), seen=number)
    except service.Overtaken as overtaken:
        messages.warning(request, f"{overtaken} Look at it, and bring the older one back then.")
        return redirect(place.address())
    except service.MappingRefused as refused:
        messages.warning(request, f"Version {version} cannot be used any more. {refused}")
        return redirect(place.address())
    log(request, place, f"version {version} brought back as version {saved.version}")
    messages.success(request, f"Version {version} is back, as version {saved.version}.")
    return redirect(place.address())


@mapping_view(CHANGE, methods=WRITE)
def again(request: HttpRequest, place: Place) -> HttpResponse:
    """Owe the CRM what it was last sent with an earlier version, and nothing else."""
    count = service.owe_older(service.current(place.connection, place.object))
    log(request, place, f"{count:,} records that were sent with earlier versions wait again")
    messages.success(request, f"{count:,} records wait for the next sync.")
    return redirect(place.address())
