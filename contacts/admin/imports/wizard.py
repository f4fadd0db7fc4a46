"""The steps of the wizard: a file or a paste, its columns, what will happen, start."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from contacts.admin.imports.access import OVERWRITE_EDITS, may_delete
from contacts.admin.imports.forms import MODES, MappingForm, UploadForm
from contacts.admin.pages import go_to, person, show
from contacts.importing import drafts, service
from contacts.importing.fields import BY_NAME
from contacts.importing.forecast import ROWS, forecast
from contacts.importing.mapping import NoPhoneColumn
from contacts.importing.staging import Candidate
from contacts.importing.table import FileRefused
from contacts.models import Import

# The number has a column of its own; what is not kept is not shown as if it were.
SHOWN = BY_NAME.keys() - {"phone", *service.NOT_KEPT}


def upload(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Step 1: take a file or a paste in as a draft, or say why not."""
    if not request.user.has_perm("contacts.add_import"):
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return go_to(_take_in(form.cleaned_data, person(request)), "mapping")
        except FileRefused as refused:
            form.add_error("file" if form.cleaned_data["file"] else "text", _sentence(refused))
    waiting = Import.objects.filter(state=Import.State.DRAFT, created_by_id=request.user.pk)
    return show(
        office, request, "contacts/imports/upload.html", "Import contacts", step=1, form=form,
        drafts=waiting[:5],
    )  # fmt: skip


def _take_in(chosen: dict[str, Any], user: User) -> Import:
    file = chosen["file"]
    if not file:
        return drafts.take_in(chosen["text"], name="Pasted numbers", user=user)
    with drafts.as_path(file) as path:
        return drafts.take_in(path, name=file.name, user=user)


def mapping(office: ModelAdmin, request: HttpRequest, record: Import) -> HttpResponse:
    """Step 2: which column is which, and by which rules."""
    if record.state != Import.State.DRAFT:
        return _already(request, record)
    try:
        look = drafts.look(record)
    except FileRefused as refused:
        return show(
            office, request, "contacts/imports/broken.html", str(record), record=record,
            refused=refused, may_delete=may_delete(request.user, record),
        )  # fmt: skip
    form = _form(request, record, look.columns)
    if request.method == "POST" and form.is_valid():
        try:
            drafts.revise(record, **form.rules)
        except service.NotPossible:
            return _already(request, record)
        return go_to(record, "summary")
    return show(
        office, request, "contacts/imports/mapping.html", str(record), step=2, record=record,
        look=look, form=form, may_delete=may_delete(request.user, record),
        **_preview(record, form),
    )  # fmt: skip


def preview(office: ModelAdmin, request: HttpRequest, record: Import) -> HttpResponse:
    """The first rows as the columns chosen so far read them; nothing is kept."""
    columns = [drafts.Column(at, name, []) for at, name in enumerate(record.columns)]
    asked = [column for column in columns if f"column_{column.at}" in request.POST]
    form = _form(request, record, asked)
    return show(
        office, request, "contacts/imports/_preview.html", "", record=record, form=form,
        **_preview(record, form),
    )  # fmt: skip


def _form(request: HttpRequest, record: Import, columns: list[drafts.Column]) -> MappingForm:
    return MappingForm(
        request.POST if request.method == "POST" else None,
        record=record,
        columns=columns,
        may_overwrite_edits=request.user.has_perm(OVERWRITE_EDITS),
    )


def _preview(record: Import, form: MappingForm) -> dict[str, Any]:
    chosen, region = dict(record.mapping), record.region
    if form.is_bound:
        form.is_valid()
        chosen = form.cleaned_data["mapping"]
        region = form.cleaned_data.get("region", region)
    fields = [name for name in BY_NAME if name in chosen and name in SHOWN]
    if "phone" not in chosen:
        return {"rows": [], "has_phone": False}
    try:
        candidates = drafts.first_rows(record, chosen, region)
    except FileRefused as refused:
        return {"rows": [], "has_phone": True, "refused": refused}
    return {
        "has_phone": True,
        "headers": [BY_NAME[name].label for name in fields],
        "rows": [(row, _cells(row, fields)) for row in candidates],
    }


def _cells(row: Candidate, fields: list[str]) -> list[str]:
    company = row.company
    said = dict(row.values)
    if company is not None:
        said |= {"company": company.name, "company_domain": company.domain}
    return [said.get(name, "") for name in fields]


def summary(office: ModelAdmin, request: HttpRequest, record: Import) -> HttpResponse:
    """Step 3: what will happen; the forecast comes by itself, or with ?now=1."""
    if record.state != Import.State.DRAFT:
        return _already(request, record)
    if "phone" not in record.mapping:
        return go_to(record, "mapping")
    now = _forecast(record) if request.GET.get("now") else {}
    chosen = [
        (known.label, record.columns[record.mapping[name]])
        for name, known in BY_NAME.items()
        if name in record.mapping and name not in service.NOT_KEPT
    ]
    return show(
        office, request, "contacts/imports/summary.html", str(record), step=3, record=record,
        chosen=chosen, unused=service.unused_columns(record),
        mode_text=dict(MODES)[Import.Mode(record.mode)], **now,
    )  # fmt: skip


def foreseen(office: ModelAdmin, request: HttpRequest, record: Import) -> HttpResponse:
    """What the import would make of its first rows."""
    if record.state != Import.State.DRAFT or "phone" not in record.mapping:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return show(
        office, request, "contacts/imports/_forecast.html", "", record=record, **_forecast(record)
    )


def _forecast(record: Import) -> dict[str, Any]:
    try:
        return {"forecast": forecast(record), "limit": ROWS}
    except FileRefused as refused:
        return {"refused": refused}


def start(office: ModelAdmin, request: HttpRequest, record: Import) -> HttpResponse:
    """Start the draft; a second click finds it started."""
    if record.overwrite_human_edits and not request.user.has_perm(OVERWRITE_EDITS):
        messages.error(request, "This draft overwrites people's edits; you may not start it so.")
        return go_to(record, "mapping")
    try:
        service.start(record)
    except NoPhoneColumn:
        return go_to(record, "mapping")
    except service.NotPossible:
        return _already(request, record)
    return go_to(record)


def _already(request: HttpRequest, record: Import) -> HttpResponse:
    messages.info(request, "This import has been started already; here is how it stands.")
    return go_to(record)


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
