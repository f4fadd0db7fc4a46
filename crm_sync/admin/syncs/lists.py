"""What stays to be read of a connection: conflicts and whose word was taken, and deletions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from crm_sync.admin.access import connection_or_404
from crm_sync.admin.syncs import records
from crm_sync.admin.syncs.access import sees
from crm_sync.admin.syncs.shelf import frame, rows_of_page
from crm_sync.mapping.ours import catalogue
from crm_sync.models import Conflict, Connection, Deletion
from crm_sync.wording import OBJECTS, STATE_COLOURS

RULES = {
    "remote": "the CRM's word stands", "ours": "our word stands", "newest": "the later word stands",
    "blank": "ours only fills what is empty there",
}  # fmt: skip


def conflicts(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Fields that both sides had changed since they last met, newest first."""
    of = connection_or_404(pk)
    rows = Conflict.objects.filter(link__connection=of).select_related("link")
    page = rows_of_page(request, rows)
    return frame(
        office, request, of, "conflicts", page=page, lines=_conflicts(request.user, of, list(page))
    )


def deletions(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Records that had to go from the CRM, and what became of that: the receipts."""
    of = connection_or_404(pk)
    page = rows_of_page(request, Deletion.objects.filter(connection=of))
    lines = [
        {
            "row": one,
            "about": OBJECTS.get(one.object, one.object),
            "colour": STATE_COLOURS.get(one.state, ""),
        }
        for one in page
    ]
    return frame(office, request, of, "deletions", page=page, lines=lines)


def _conflicts(user: Any, of: Connection, rows: list[Conflict]) -> list[dict[str, Any]]:
    pairs = [(one.link.object, records.subject_of(one.link)) for one in rows]
    names = records.named_all(user, pairs)
    fields = records.described(of.pk) if rows else {}
    found = []
    for one, pair in zip(rows, pairs, strict=True):
        obj, theirs = one.link.object, fields.get(one.link.object, {})
        ours, may_see = catalogue(obj).get(one.field), sees(user, obj)
        field = theirs.get(one.remote_field)
        found.append({
            "row": one,
            "record": names[pair],
            "label": ours.label if ours else one.field,
            "there": records.label_of(theirs, one.remote_field),
            "ours": records.shown(one.ours) if may_see else records.HIDDEN,
            "theirs": records.shown(one.theirs, field) if may_see else records.HIDDEN,
            "rule": RULES.get(one.rule, one.rule),
        })  # fmt: skip
    return found
