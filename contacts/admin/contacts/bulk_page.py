"""The page of a bulk action: how far it is, what it changed, what was refused, and undo."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin
from unfold.decorators import display

from contacts import selection
from contacts.admin.base import ToLookAt
from contacts.admin.contacts.bulk import BY_NAME, person
from contacts.admin.imports.access import signed_in
from contacts.bulk import service
from contacts.models import BulkAction

BUSY = (BulkAction.State.WAITING, BulkAction.State.WORKING, BulkAction.State.UNDOING)
COLOURS = {
    "done": "success", "failed": "danger", "waiting": "info", "working": "info", "undoing": "info",
}  # fmt: skip
READ, WRITE = ("GET", "HEAD"), ("POST",)


def page(office: ModelAdmin, request: HttpRequest, record: BulkAction) -> HttpResponse:
    """How a bulk action stands, and what it made of its contacts."""
    return render(request, "contacts/bulk/page.html", {
        **office.admin_site.each_context(request), "opts": office.opts, "title": str(record),
        "words": selection.in_words(record.selection),
        "query": selection.as_query(record.selection),
        "may_undo": _may_undo(request, record), **_standing(record),
    })  # fmt: skip


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
    return redirect("admin:contacts_bulkaction_change", record.pk)


def _may_undo(request: HttpRequest, record: BulkAction) -> bool:
    """True for tagging: for whoever may undo bulk actions, and for who did it and still may tag."""
    is_own = record.created_by_id == request.user.pk
    may = request.user.has_perm("contacts.undo_bulkaction") or (
        is_own and request.user.has_perm(BY_NAME[record.kind].permission)
    )
    return record.is_tagging and may


def _standing(record: BulkAction) -> dict[str, Any]:
    done = record.progress
    return {
        "record": record,
        "is_busy": record.state in BUSY,
        "percent": None if done is None else int(done * 100),
        "unchanged": max(0, record.seen_count - record.changed_count - record.refused_count),
    }


def _opened(view: Any) -> Any:
    """Give the view its bulk action, for who did it and who may see those of others."""

    def ask(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponseBase:
        record = get_object_or_404(
            BulkAction.objects.select_related("created_by", "undone_by"), pk=pk
        )
        is_own = record.created_by_id == request.user.pk
        if not (is_own or request.user.has_perm("contacts.view_bulkaction")):
            raise PermissionDenied
        answer: HttpResponseBase = view(office, request, record)
        return answer

    return ask


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
        own = [
            path(f"<int:pk>/{name}/", signed_in(self, _opened(view), methods),
                 name=f"contacts_bulkaction_{name}")
            for name, view, methods in (
                ("change", page, READ), ("progress", progress, READ), ("undo", undo, WRITE),
            )
        ]  # fmt: skip
        return [*own, *super().get_urls()]

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
