"""Mappings out as JSON and in again, from one connection to another."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from crm_sync.admin.mapping.access import CHANGE, WRITE, Place, mapping_view
from crm_sync.admin.mapping.editing import shown
from crm_sync.admin.mapping.reading import typed
from crm_sync.connector import Row
from crm_sync.mapping import service
from crm_sync.mapping.rows import BadRows, from_json

MOST_BYTES = 1_000_000


@mapping_view()
def download(request: HttpRequest, place: Place) -> HttpResponse:
    """The current rows as a file; it holds no record and no secret."""
    kept = service.find(place.connection, place.object)
    body = {
        "crm": place.connection.kind, "object": place.object, "version": kept.version,
        "rows": kept.rows,
    }  # fmt: skip
    name = f"mapping-{place.connection.kind}-{place.object}-{kept.version}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return JsonResponse(body, headers=headers, json_dumps_params={"indent": 2})


@mapping_view(CHANGE, methods=WRITE)
def bring(request: HttpRequest, place: Place) -> HttpResponse:
    """Show the rows of a file in the editor; nothing is saved until somebody saves it."""
    kept = service.find(place.connection, place.object)
    try:
        rows = _read(request.FILES.get("file"), place)
    except BadRows as bad:
        ours = typed(service.rows_of(kept))
        return shown(request, place, kept, ours, file_error=str(bad))
    return shown(request, place, kept, typed(rows), note="These are the rows of the file.")


def _read(file: Any, place: Place) -> tuple[Row, ...]:
    if file is None:
        raise BadRows("Choose a file that was exported here.")
    if file.size > MOST_BYTES:
        raise BadRows("A mapping's file has at most 1 MB.")
    try:
        found = json.loads(file.read())
    except (ValueError, RecursionError):
        raise BadRows("The file is no JSON.") from None
    if not isinstance(found, dict) or "rows" not in found:
        raise BadRows("The file holds no mapping: export one to see what it looks like.")
    if found.get("object", place.object) != place.object:
        raise BadRows(f"The file maps another object, not {place.words}.")
    return from_json(found["rows"])
