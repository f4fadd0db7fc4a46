"""What would be sent of one real record with the rows as they are typed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from contacts.models import Company, Contact
from contacts.numerals import whole
from crm_sync.admin.mapping.access import WRITE, Place, mapping_view
from crm_sync.admin.mapping.reading import read, typed
from crm_sync.connector import COMPANY, Field, Row
from crm_sync.mapping import service, texts
from crm_sync.mapping.payload import Payload, payload
from crm_sync.mapping.subjects import named, subjects


@mapping_view(methods=WRITE)
def preview(request: HttpRequest, place: Place) -> HttpResponse:
    """The newest record, or the one that was asked for, as the CRM would get it."""
    may = "contacts.view_company" if place.object == COMPANY else "contacts.view_contact"
    if not request.user.has_perm(may):
        raise PermissionDenied
    kept = service.find(place.connection, place.object)
    draft = read(request.POST) if "ours" in request.POST else typed(service.rows_of(kept))
    rows, asked = (
        [one.row for one in draft if not one.is_empty],
        request.POST.get("whom", "").strip()[:260],
    )
    record = _record(place.object, asked)
    context: dict[str, Any] = {"place": place, "record": record, "asked": asked}
    if record is not None:
        subject = subjects(place.object, [record.pk], named(rows))[record.pk]
        fields = service.fields_of(kept)
        made = payload(rows, fields, subject)
        context |= {"lines": _lines(rows, fields, subject, made), "problems": made.problems}
    return render(request, "crm_sync/mapping/_preview.html", context)


def _record(obj: str, asked: str) -> Model | None:
    """Return the record with that id, number or address; the newest where nothing is asked."""
    rows: Any = (Company if obj == COMPANY else Contact)._default_manager.order_by("-pk")
    if not asked:
        return rows.first()  # type: ignore[no-any-return] # of either model
    number = whole(asked)
    if number is not None:
        return rows.filter(pk=number).first()  # type: ignore[no-any-return]
    by = {"domain": asked.lower()} if obj == COMPANY else (
        {"email": asked.lower()} if "@" in asked else {"phone_e164": asked}
    )  # fmt: skip
    return rows.filter(**by).first()  # type: ignore[no-any-return]


def _lines(
    rows: list[Row], fields: dict[str, Field], subject: dict[str, Any], made: Payload
) -> list[dict[str, str]]:
    """Return a line for each row that sends: our value, their field, what it gets."""
    wrong = {one.field: one.words for one in made.problems}
    return [
        {
            "ours": _words(texts.reader(row.ours)(subject)),
            "label": fields[row.remote].label if row.remote in fields else row.remote,
            "sent": _words(made.values.get(row.remote)),
            "wrong": wrong.get(row.remote, ""),
            "state": _state(row, made),
        }
        for row in rows if row.direction != "pull"
    ]  # fmt: skip


def _words(value: Any) -> str:
    return "" if value is None else texts.in_words(value)


def _state(row: Row, made: Payload) -> str:
    if row.remote not in made.values:
        return "left as it is"
    return "is cleared" if made.values[row.remote] is None else ""
