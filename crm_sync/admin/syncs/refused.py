"""Records that a CRM refused, or that are held back: why, and what may be tried again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin

from contacts.admin.pages import person
from contacts.numerals import whole
from crm_sync import services
from crm_sync.admin.access import connection_or_404
from crm_sync.admin.syncs import records
from crm_sync.admin.syncs.of_connection import refused_of
from crm_sync.admin.syncs.shelf import frame, place, rows_of_page
from crm_sync.connecting.setting_up import note
from crm_sync.connector import Field
from crm_sync.models import Connection, OutboxItem
from crm_sync.pushing.items import HELD
from crm_sync.wording import records_of

LOOKED_AT = 10_000
REASONS = 20
AT_ONCE = 10_000  # are tried again by one press
Described = Mapping[str, Mapping[str, Field]]
GIVEN_UP = "given up: three workers were lost while they had it"


def refused(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """What was refused, by its reasons and one by one; held ones on a tab of their own."""
    of = connection_or_404(pk)
    is_held = request.GET.get("kind") == HELD
    asked = _asked(request.GET)
    rows = refused_of(of).filter(code=HELD) if is_held else _chosen(of, asked)
    page, fields = rows_of_page(request, rows), records.described(of.pk)
    return frame(
        office, request, of, "refused", page=page, is_held=is_held, asked=asked,
        lines=_lines(request.user, list(page), fields),
        reasons=[] if is_held else _reasons(request.user, of, fields),
        query=urlencode({"kind": HELD} if is_held else asked or {}),
        again_link=place(of, "refused_again"),
    )  # fmt: skip


def again(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Let one record, those that are ticked, or all of one reason be sent once more."""
    of, asked = connection_or_404(pk), _asked(request.POST)
    rows = _chosen(of, asked)
    if asked is None:
        typed = [request.POST["one"]] if "one" in request.POST else request.POST.getlist("item")
        rows = rows.filter(pk__in=[n for n in map(whole, typed[:AT_ONCE]) if n is not None])
    count = services.retry(list(rows.order_by("-pk").values_list("pk", flat=True)[:AT_ONCE]))
    if count:
        note(of, person(request), f"Refused records, tried again: {count:,}")
        what = "1 record is" if count == 1 else f"{count:,} records are"
        messages.success(request, f"{what} sent again with the next sync.")
    else:
        messages.info(request, "Nothing was chosen that is refused still.")
    return HttpResponseRedirect(place(of, "refused"))


def _asked(said: Any) -> dict[str, str] | None:
    """Return which reason is asked for, None for all."""
    asked = {
        name: said[name].replace("\x00", "")[:100]
        for name in ("code", "field", "object")
        if name in said
    }
    return asked or None


def _chosen(of: Connection, asked: dict[str, str] | None) -> QuerySet[OutboxItem]:
    return refused_of(of).exclude(code=HELD).filter(**(asked or {}))


def _reasons(user: Any, of: Connection, fields: Described) -> list[dict[str, Any]]:
    """Return the commonest reasons among the newest, each with one of its sentences."""
    newest = _chosen(of, None).order_by("-pk").values("pk")[:LOOKED_AT]
    found = OutboxItem.objects.filter(pk__in=newest).values("object", "code", "field")
    most = found.annotate(count=Count("pk"), words=Max("words")).order_by("-count", "code")
    return [
        {
            **one,
            "words": records.said_to(user, one["object"], one["words"]) or GIVEN_UP,
            "label": records.label_of(fields.get(one["object"], {}), one["field"]),
            "about": records_of(one["object"], one["count"]),
            "query": urlencode({key: one[key] for key in ("code", "field", "object")}),
        }
        for one in most[:REASONS]
    ]


def _lines(user: Any, items: list[OutboxItem], fields: Described) -> list[dict[str, Any]]:
    names = records.named_all(user, [(one.object, one.subject_id) for one in items])
    return [
        {
            "item": one,
            "record": names[one.object, one.subject_id],
            "words": records.said_to(user, one.object, one.words) or GIVEN_UP,
            "label": records.label_of(fields.get(one.object, {}), one.field),
        }
        for one in items
    ]
