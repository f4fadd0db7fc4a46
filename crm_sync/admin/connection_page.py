"""The cards of all connections, the page of one, and its test."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from unfold.admin import ModelAdmin

from contacts.admin.pages import show
from crm_sync.admin.access import ADD, SIGN_IN, SYNC, connection_or_404
from crm_sync.admin.forms import SECTIONS, ConnectionSection
from crm_sync.admin.mapping.access import Place, may_view
from crm_sync.admin.standings import standings
from crm_sync.admin.syncs.of_connection import syncing
from crm_sync.connecting.setting_up import note
from crm_sync.connecting.trials import run_trial
from crm_sync.mapping.service import objects
from crm_sync.models import Connection
from crm_sync.signing_in import KINDS
from integrations.accounts import is_sandbox
from integrations.admin.access import may, person

HISTORY = 20


def cards(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """A card for every connection, with its state at a glance."""
    rows = list(Connection.objects.filter(kind__in=KINDS))
    return show(
        office, request, "crm_sync/cards.html", "CRM connections",
        cards=[(one, address("change", one.row)) for one in standings(rows)],
        add_link=reverse("admin:crm_sync_connection_add") if may_add(request) else "",
        is_sandbox=is_sandbox(),
    )  # fmt: skip


def connection(office: ModelAdmin, request: HttpRequest, pk: object) -> HttpResponse:
    return _page(office, request, connection_or_404(pk))


def save(office: ModelAdmin, request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Write one section; an error or another person's change comes back next to the field."""
    kind = SECTIONS.get(section)
    if kind is None:
        raise Http404(f"a connection has no section {section[:40]!r}")
    if not may(request, kind.permission):
        raise PermissionDenied
    if not kind.is_for(connection_or_404(pk)):
        raise Http404(f"this connection has no section {section!r}")
    form = _saved(kind, pk, request)
    if not form.can_be_saved:
        return _page(office, request, form.row, form)
    return HttpResponseRedirect(f"{address('change', form.row)}#{section}")


def test(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the CRM and show what came of it; a fragment."""
    row = connection_or_404(pk)
    finding = run_trial(row, person(request))
    context = {**_glance(request, connection_or_404(pk)), "finding": finding}
    return render(request, "crm_sync/_tested.html", context)


def address(name: str, row: Connection) -> str:
    return reverse(f"admin:crm_sync_connection_{name}", args=[row.pk])


def callback_uri(request: HttpRequest) -> str:
    """Return where a CRM sends people back to, as its app has to know it."""
    return request.build_absolute_uri(reverse("crm_sync:callback"))


def may_add(request: HttpRequest) -> bool:
    return may(request, ADD) and may(request, SIGN_IN)


@transaction.atomic
def _saved(kind: type[ConnectionSection], pk: int, request: HttpRequest) -> ConnectionSection:
    """Return the form, written if it could be: one writer of a connection at a time."""
    row = Connection.objects.select_for_update().get(pk=pk)
    form = kind(row, request.POST, person(request))  # type: ignore[arg-type] # a row of ours
    if not form.can_be_saved:
        return form
    if not (changed := form.changed):
        messages.info(request, f"{form.title}: nothing was changed.")
        return form
    said = form.in_words(changed)
    form.apply(changed)
    if not form.notes_itself:
        note(row, person(request), said)
    messages.success(request, f"Saved. {said}.")
    return form


def _page(
    office: ModelAdmin, request: HttpRequest, row: Connection, sent: ConnectionSection | None = None
) -> HttpResponse:
    forms = [
        sent if isinstance(sent, kind) else kind(row, None, person(request))  # type: ignore[arg-type] # a row of ours
        for kind in SECTIONS.values()
        if kind.is_for(row)
    ]
    return show(
        office, request, "crm_sync/connection.html", row.label,
        **_glance(request, row),
        sections=[
            {
                "form": form,
                "may": may(request, form.permission),
                "action": reverse("admin:crm_sync_connection_save", args=[row.pk, form.name]),
            }
            for form in forms
        ],
        history=_history(row),
        syncing=syncing(request, row),
        has_errors=bool(sent),
        forget_link=address("forget", row),
        mappings=[Place(row, one) for one in objects(row)] if may_view(request.user) else [],
    )  # fmt: skip


def _glance(request: HttpRequest, row: Connection) -> dict[str, Any]:
    """What the top of the page shows, and a test shows anew."""
    (standing,) = standings([row])
    may_sign_in = may(request, SIGN_IN)
    return {
        "standing": standing,
        "row": row,
        "test_link": address("test", row) if may(request, SYNC) else "",
        "sign_in_link": address("sign_in", row) if may_sign_in else "",
        "sign_out_link": address("sign_out", row) if may_sign_in and row.token else "",
        "callback_uri": callback_uri(request) if may_sign_in else "",
    }


def _history(row: Connection) -> list[LogEntry]:
    kind = ContentType.objects.get_for_model(Connection)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk))
    return list(entries.select_related("user").order_by("-action_time", "-pk")[:HISTORY])
