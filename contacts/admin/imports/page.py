"""The page of one import: how far it is, what it made of every row, undo and delete."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from unfold.admin import ModelAdmin

from contacts.admin.imports import access
from contacts.admin.imports.forms import MODES
from contacts.admin.pages import go_to, person, show
from contacts.importing import service
from contacts.importing.fields import BY_NAME
from contacts.importing.outcomes import Page, Wanted, notices, pace, page_of
from contacts.importing.undo import undo as take_back
from contacts.models import Import, ImportRow

BUSY = (Import.State.WAITING, Import.State.WORKING, Import.State.UNDOING)
STOPPABLE = (Import.State.WAITING, Import.State.WORKING)
STOOD = (Import.State.FAILED, Import.State.STOPPED)
UNDOABLE = (Import.State.DONE, *STOOD, Import.State.UNDONE)
EXPORT = "contacts.export_contact"
OUTCOME_TEXT = {
    "created": "new contacts",
    "updated": "known contacts that it changed",
    "repeated": "said nothing new",
    "skipped": "left out by the mode",
    "rejected": "could not be read",
}
UNDO_TEXT = {
    "reversed": "taken back",
    "kept": "changed since, so kept",
    "failed": "could not be taken back",
}


def page(office: ModelAdmin, request: HttpRequest, record: Import) -> HttpResponse:
    """How an import stands, and what can be done with it."""
    return show(
        office, request, "contacts/imports/page.html", str(record), record=record,
        **_standing(record), mapped=_mapped(record),
        mode_text=dict(MODES)[Import.Mode(record.mode)], may=_may(request.user, record),
        lookup_url=_lookup_url(request, record),
        export_url=_export_url(request.user, record),
    )  # fmt: skip


def progress(office: ModelAdmin, request: HttpRequest, record: Import) -> HttpResponse:
    """The part that changes; when the work is done the whole page comes anew."""
    if record.state not in BUSY:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return show(
        office, request, "contacts/imports/_progress.html", "", record=record, **_standing(record)
    )


def _standing(record: Import) -> dict[str, Any]:
    tiles = [
        (name, label, OUTCOME_TEXT[name], getattr(record, f"{name}_count"))
        for name, label in ImportRow.Outcome.choices
    ]
    counts = (record.reversed_count, record.kept_count, record.undo_failed_count)
    buckets = [
        (name, ImportRow.Undo(name).label, text, count)
        for (name, text), count in zip(UNDO_TEXT.items(), counts, strict=True)
    ]
    done = record.progress
    if record.state == Import.State.UNDOING:
        rows = record.created_count + record.updated_count
        done = sum(counts) / rows if rows else 1.0
    return {
        "tiles": tiles,
        "buckets": buckets,
        "is_busy": record.state in BUSY,
        "is_undone": record.state in (Import.State.UNDONE, Import.State.UNDOING),
        "percent": None if done is None else int(done * 100),
        "pace": pace(record),
    }


def _mapped(record: Import) -> list[tuple[str, str]]:
    """The fields that the file fills, each with its column."""
    names = dict(enumerate(record.columns))
    return [
        (known.label, names.get(at, f"Column {at + 1}"))
        for name, known in BY_NAME.items()
        if (at := record.mapping.get(name)) is not None
    ]


def _may(user: Any, record: Import) -> dict[str, bool]:
    return {
        "prepare": record.state == Import.State.DRAFT and access.may_prepare(user, record),
        "stop": record.state in STOPPABLE and access.may_prepare(user, record),
        "go_on": record.state in STOOD
        and record.undone_at is None
        and access.may_prepare(user, record),
        "undo": _is_undoable(record) and access.may_undo(user, record),
        "delete": record.state not in BUSY and access.may_delete(user, record),
        "download": access.may_download(user, record),
        "view_contacts": user.has_perm("contacts.view_contact"),
        "view_workers": user.has_perm("contacts.view_worker"),
    }


def _is_undoable(record: Import) -> bool:
    """True when there is something to take back that was not, or that failed."""
    if record.undone_at is not None:
        return record.undo_failed_count > 0
    made = record.created_count + record.updated_count + record.company_count
    return record.state in UNDOABLE and made > 0


def _lookup_url(request: HttpRequest, record: Import) -> str:
    """Where a run over these contacts is made; "" when that room has no such page for the person.

    By name: contacts imports nothing of the rooms above.
    """
    from django.contrib import admin

    try:
        runs = admin.site.get_model_admin(apps.get_model("enrichment", "Run"))
        url = reverse("admin:enrichment_run_add")
    except (LookupError, NoReverseMatch):
        return ""
    if not _has_contacts(record) or not runs.has_add_permission(request):
        return ""
    return f"{url}?import={record.pk}"


def _export_url(user: Any, record: Import) -> str:
    """Where these contacts are exported; "" for who may not, or while there are none."""
    if not _has_contacts(record) or not user.has_perm(EXPORT):
        return ""
    return f"{reverse('admin:contacts_export_add')}?import={record.pk}"


def _has_contacts(record: Import) -> bool:
    """Tell whether the import is done and speaks of contacts."""
    of_contacts = record.created_count + record.updated_count + record.repeated_count
    return record.state == Import.State.DONE and of_contacts > 0


def rows(office: ModelAdmin, request: HttpRequest, record: Import) -> HttpResponse:
    """A page of rows by outcome, what undoing came to, and words."""
    for notice in notices(request.GET, Wanted.read(request.GET)):
        messages.warning(request, notice)
    return _rows(office, request, record, Wanted.read(request.GET))


def rejected(office: ModelAdmin, request: HttpRequest, record: Import) -> HttpResponse:
    """The rejected rows, under an address of their own."""
    query = {**request.GET.dict(), "outcome": ImportRow.Outcome.REJECTED}
    return _rows(office, request, record, Wanted.read(query))


def _rows(office: ModelAdmin, request: HttpRequest, record: Import, wanted: Wanted) -> HttpResponse:
    found = page_of(record, wanted)
    name = "_rows" if request.headers.get("HX-Target") == "rows" else "rows"
    return show(
        office, request, f"contacts/imports/{name}.html", f"Rows of {record}", record=record,
        page=found, wanted=wanted, outcomes=[("", "All"), *ImportRow.Outcome.choices],
        undos=[choice for choice in ImportRow.Undo.choices if choice[0]],
        next_query=_next_query(wanted, found),
        is_undone=record.undone_at is not None or record.state == Import.State.UNDOING,
        may=_may(request.user, record),
    )  # fmt: skip


def _next_query(wanted: Wanted, found: Page) -> str:
    """The address of the rows that follow, or of where a search goes on; "" at the end."""
    after = found.after or found.searched_to
    query = {"after": after, "outcome": wanted.outcome, "undo": wanted.undo, "q": wanted.term}
    return f"?{urlencode({key: said for key, said in query.items() if said})}" if after else ""


def rejects(office: ModelAdmin, request: HttpRequest, record: Import) -> StreamingHttpResponse:
    """All rejected rows, however many, in the columns of the file, sent while they are read."""
    disposition = f'attachment; filename="rejected-{record.pk}.csv"'
    return StreamingHttpResponse(
        service.rejects(record),
        content_type="text/csv",
        headers={"Content-Disposition": disposition},
    )


def stop(office: ModelAdmin, request: HttpRequest, record: Import) -> HttpResponse:
    """Stop an import after the rows in hand."""
    try:
        service.stop(record, person(request))
        messages.success(request, "The import is stopped. It can go on, or be undone.")
    except service.NotPossible as refused:
        messages.error(request, f"Nothing was stopped: {refused}.")
    return go_to(record)


def go_on(office: ModelAdmin, request: HttpRequest, record: Import) -> HttpResponse:
    """Let an import that stopped go on with the rows that are left."""
    try:
        service.go_on(record)
        messages.success(request, "The import goes on.")
    except service.NotPossible as refused:
        messages.error(request, f"It does not go on: {refused}.")
    return go_to(record)


def undo(office: ModelAdmin, request: HttpRequest, record: Import) -> HttpResponse:
    """Say what undoing means, ask, and start it."""
    if request.method == "POST":
        try:
            take_back(record, request.user)  # type: ignore[arg-type]  # the view asks who it is
            messages.success(request, "The import is being taken back.")
        except service.NotPossible as refused:
            messages.error(request, f"Nothing was undone: {refused}.")
        return go_to(record)
    if not _is_undoable(record):
        messages.info(request, "There is nothing to undo.")
        return go_to(record)
    return show(office, request, "contacts/imports/undo.html", f"Undo {record}", record=record)


def delete(office: ModelAdmin, request: HttpRequest, record: Import) -> HttpResponse:
    """Ask, and delete the import with its rows and our copy of its file."""
    if not access.may_delete(request.user, record):
        raise PermissionDenied
    if request.method == "POST":
        name = str(record)
        try:
            service.delete_import(record)
        except service.NotPossible as refused:
            messages.error(request, f"Nothing was deleted: {refused}.")
            return go_to(record)
        messages.success(request, f"“{name}” is deleted. Its contacts stay.")
        return redirect("admin:contacts_import_changelist")
    return show(office, request, "contacts/imports/delete.html", f"Delete {record}", record=record)
