"""The page of one export: how far it is, its file, who fetched it; again, cancel, delete."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from contacts import selection as selections
from contacts.admin.exports import access
from contacts.admin.exports.asking import answered, standing
from contacts.admin.pages import go_to, person, show
from contacts.exports import columns, service
from contacts.exports.columns import COLUMNS
from contacts.exports.files import path_of
from contacts.exports.formats import FORMATS
from contacts.models import Export
from contacts.selection import SelectionRefused

DOWNLOADS_SHOWN = 20


def page(office: ModelAdmin, request: HttpRequest, export: Export) -> HttpResponse:
    """How an export stands, and what can be done with it."""
    query = selections.as_query(export.selection)
    return show(
        office, request, "contacts/exports/page.html", str(export), export=export,
        **standing(export), labels=[COLUMNS[name].label for name in columns.known(export.columns)],
        downloads=export.downloads.order_by("-id")[:DOWNLOADS_SHOWN],
        contacts_url=f"{reverse('admin:contacts_contact_changelist')}?{query}",
        may=_may(request.user, export),
    )  # fmt: skip


def _may(user: Any, export: Export) -> dict[str, bool]:
    is_busy = export.state in service.BUSY
    is_sending = export.state == Export.State.SENDING
    return {
        "download": export.state == Export.State.DONE and access.may_download(user, export),
        "ask_again": not is_busy and access.may_ask_again(user, export),
        "cancel": is_busy and access.may_cancel(user, export),
        "delete": not (is_busy or is_sending) and access.may_delete(user, export),
        "view_contacts": user.has_perm("contacts.view_contact"),
        "view_workers": user.has_perm("contacts.view_worker"),
    }


def progress(office: ModelAdmin, request: HttpRequest, export: Export) -> HttpResponse:
    """The part that changes; when the work is done the whole page comes anew."""
    state = standing(export)
    if not state["is_busy"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    may = _may(request.user, export)
    return show(
        office, request, "contacts/exports/_progress.html", "", export=export, may=may, **state
    )


def download(office: ModelAdmin, request: HttpRequest, export: Export) -> HttpResponseBase:
    """Send the file, and write down to whom."""
    try:
        file = path_of(export.file).open("rb") if export.file else None
    except FileNotFoundError:
        file = None
    if file is None:
        messages.error(request, "The file is not there any more: make the export again.")
        return go_to(export)
    if request.method != "HEAD":
        service.note_download(export, person(request))
    return FileResponse(
        file,
        as_attachment=True,
        filename=export.file_name,
        content_type=FORMATS[export.format].content_type,
    )


def again(office: ModelAdmin, request: HttpRequest, export: Export) -> HttpResponseBase:
    """Export the same selection as it is today, for the person who asks."""
    try:
        return answered(request, service.ask_again(export, person(request)))
    except (SelectionRefused, ValueError) as refused:
        messages.error(request, f"It can’t be made again: {refused}.")
        return go_to(export)


def cancel(office: ModelAdmin, request: HttpRequest, export: Export) -> HttpResponse:
    """Stop an export that is not done yet."""
    try:
        service.cancel(export)
        messages.success(request, "The export is cancelled; nothing of it is kept.")
    except service.NotPossible as refused:
        messages.info(request, f"Nothing was cancelled: {refused}.")
    return go_to(export)


def delete(office: ModelAdmin, request: HttpRequest, export: Export) -> HttpResponse:
    """Ask, and delete the export with its file."""
    if request.method == "POST":
        try:
            service.delete(export)
        except service.NotPossible as refused:
            messages.error(request, f"Nothing was deleted: {refused}.")
            return go_to(export)
        messages.success(request, "The export is deleted.")
        return redirect("admin:contacts_export_changelist")
    return show(office, request, "contacts/exports/delete.html", "Delete an export", export=export)
