"""The page on which an export is asked for: what is selected, the format, the columns."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from contacts import selection as selections
from contacts.admin.exports.access import may_export
from contacts.admin.exports.forms import ExportForm
from contacts.admin.pages import go_to, person, show
from contacts.exports import columns, service, sets
from contacts.exports.formats import FORMATS
from contacts.exports.sending import sent
from contacts.exports.service import Wish
from contacts.exports.sets import Layout, TooManySets
from contacts.models import Export
from contacts.selection import Selection


def asking(office: ModelAdmin, request: HttpRequest) -> HttpResponseBase:
    """Show what would be exported, and export it, or keep the columns under a name."""
    user = _exporter(request)
    chosen, notices = selections.read(request.GET.dict())
    own = sets.sets_of(user)
    is_saving = request.POST.get("do") == "save"
    form = ExportForm(
        request.POST if request.method == "POST" else None,
        layout=own.layout(request.GET.get("set", "")),
        is_saving=is_saving,
    )
    if request.method == "POST" and form.is_valid():
        if is_saving:
            if (saved := _saved(form, user)) is not None:
                return redirect(f"{request.path}?{_query(chosen, set=saved)}")
        elif not notices:
            return _started(request, user, chosen, form.layout)
    for notice in notices:
        messages.warning(request, notice)
    return show(
        office, request, "contacts/exports/add.html", "Export contacts", form=form, sets=own.named,
        words=selections.in_words(chosen), query=selections.as_query(chosen),
        contacts_url=f"{reverse('admin:contacts_contact_changelist')}?{_query(chosen)}",
        set_now=request.GET.get("set", ""), default=",".join(columns.DEFAULT),
        is_broken=bool(notices) and request.method == "POST", **_limits(),
    )  # fmt: skip


def _exporter(request: HttpRequest) -> User:
    if not may_export(request.user):
        raise PermissionDenied
    return person(request)


def _query(chosen: Selection, **more: object) -> str:
    return selections.as_query({**chosen, **more})


def _saved(form: ExportForm, user: User) -> int | None:
    try:
        return sets.save(user, form.cleaned_data["set_name"], form.layout).pk
    except TooManySets as refused:
        form.add_error("set_name", f"{str(refused).capitalize()}.")
        return None


def _started(
    request: HttpRequest, user: User, chosen: Selection, layout: Layout
) -> HttpResponseBase:
    sets.remember(user, layout)
    wish = Wish(chosen, layout.columns, layout.format, layout.with_sources)
    return answered(request, service.ask(wish, user))


def answered(request: HttpRequest, export: Export) -> HttpResponseBase:
    """Send a small export at once; lead to the page of one that a worker makes."""
    if export.state != Export.State.SENDING:
        return go_to(export)
    service.note_download(export, person(request))
    return StreamingHttpResponse(
        sent(export),
        content_type=FORMATS[export.format].content_type,
        headers={"Content-Disposition": f'attachment; filename="{export.file_name}"'},
    )


def count(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """How many contacts are selected, however long that takes."""
    if not may_export(request.user):
        raise PermissionDenied
    chosen, _ = selections.read(request.GET.dict())
    selected = selections.contacts(chosen).count()
    return show(office, request, "contacts/exports/_count.html", "", count=selected, **_limits())


def _limits() -> dict[str, int]:
    """How many contacts are downloaded at once, in most formats and as XLSX."""
    return {
        "direct_rows": service.direct_rows(Export.Format.CSV),
        "direct_xlsx": service.direct_rows(Export.Format.XLSX),
    }


def delete_set(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one's own set of columns."""
    if not sets.delete(_exporter(request), pk):
        raise Http404(f"there is no column set {pk} of yours")
    messages.success(request, "The column set is deleted.")
    chosen, _ = selections.read(request.GET.dict())
    return redirect(f"{reverse('admin:contacts_export_add')}?{_query(chosen)}")


def standing(export: Export) -> dict[str, Any]:
    """What a page or fragment shows of an export's progress."""
    done = export.progress
    return {
        "is_busy": export.state in (*service.BUSY, Export.State.SENDING),
        "percent": None if done is None else int(done * 100),
    }
