"""The page of a bulk action: how far it is, what it changed, what was refused, and undo."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern
from unfold.admin import ModelAdmin
from unfold.decorators import display

from contacts import selection
from contacts.admin.base import ToLookAt
from contacts.admin.contacts.bulk import BY_NAME
from contacts.admin.pages import READ, WRITE, View, addresses, go_to, opened, person, show
from contacts.bulk import service
from contacts.models import BulkAction

BUSY = (BulkAction.State.WAITING, BulkAction.State.WORKING, BulkAction.State.UNDOING)
COLOURS = {
    "done": "success", "failed": "danger", "waiting": "info", "working": "info", "undoing": "info",
}  # fmt: skip
BULK_ACTIONS = BulkAction.objects.select_related("created_by", "undone_by")


def page(office: ModelAdmin, request: HttpRequest, record: BulkAction) -> HttpResponse:
    """How a bulk action stands, and what it made of its contacts."""
    return show(
        office, request, "contacts/bulk/page.html", str(record),
        words=selection.in_words(record.selection), query=selection.as_query(record.selection),
        may_undo=_may_undo(request, record), **_standing(record),
    )  # fmt: skip


def progress(office: ModelAdmin, request: HttpRequest, record: BulkAction) -> HttpResponse:
    """The part that changes; when the work is done the whole page comes anew."""
    if record.state not in BUSY:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "contacts/bulk/_progress.html", _standing(record))


def undo(office: ModelAdmin, request: HttpRequest, record: BulkAction) -> HttpResponse:
    if not _may_undo(request, record):
        raise PermissionDenied
    try:
        service.undo(record, person(request))
    except service.NotPossible as refused:
        messages.error(request, f"Nothing was undone: {refused}.")
    return go_to(record)


def _may_undo(request: HttpRequest, record: BulkAction) -> bool:
    """True for whoever may undo bulk actions, and for who did it and still may do it."""
    is_own = record.created_by_id == request.user.pk
    may = request.user.has_perm("contacts.undo_bulkaction") or (
        is_own and request.user.has_perm(BY_NAME[record.kind].permission)
    )
    return record.is_undoable and may


def _standing(record: BulkAction) -> dict[str, Any]:
    done = record.progress
    return {
        "record": record,
        "is_busy": record.state in BUSY,
        "percent": None if done is None else int(done * 100),
        "unchanged": max(0, record.seen_count - record.changed_count - record.refused_count),
    }


def _may_view(user: Any, record: BulkAction) -> bool:
    """True for who did it and who may see those of others."""
    return bool(record.created_by_id == user.pk or user.has_perm("contacts.view_bulkaction"))


# Address, view, how.
PAGES: tuple[tuple[str, View[BulkAction], tuple[str, ...]], ...] = (
    ("change", page, READ),
    ("progress", progress, READ),
    ("undo", undo, WRITE),
)


@admin.register(BulkAction)
class BulkActionAdmin(ToLookAt):
    list_display = ("what", "stage", "contacts", "by", "created_at")
    list_filter = ("state", "kind")
    list_select_related = ("created_by",)
    ordering = ("-id",)
    actions = None
    change_list_template = "contacts/list.html"
    empty_title = "No bulk action yet"
    empty_words = "Tick contacts in their list, or take all that match, and choose what to do."

    def get_urls(self) -> list[URLPattern]:
        pages = [(name, opened(view, _may_view, BULK_ACTIONS), how) for name, view, how in PAGES]
        return [*addresses(self, pages), *super().get_urls()]

    @display(description="What", header=True)
    def what(self, record: BulkAction) -> tuple[str, str]:
        return str(record), record.reason

    @display(description="State", label=COLOURS)
    def stage(self, record: BulkAction) -> tuple[str, str]:
        return record.state, record.get_state_display()

    @display(description="Contacts")
    def contacts(self, record: BulkAction) -> str:
        return f"{record.changed_count:,} of {record.total_count:,}"

    @display(description="By")
    def by(self, record: BulkAction) -> str:
        return str(record.created_by or "")
