"""What a connection's page tells of its syncs, and the start of one from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from unfold.admin import ModelAdmin

from contacts.admin.pages import go_to, person
from contacts.paging import COUNTED
from crm_sync import services
from crm_sync.admin.access import connection_or_404
from crm_sync.admin.syncs import access
from crm_sync.admin.syncs.page import kind_of
from crm_sync.connecting.setting_up import note
from crm_sync.models import Conflict, Connection, Deletion, Link, OutboxItem, Sync
from crm_sync.pushing.items import HELD
from crm_sync.referrals.client import SOURCE
from crm_sync.wording import STATE_COLOURS, in_short

LAST = 5
# What is asked for, by its button: dry, full.
KINDS = {"dry": (True, False), "now": (False, False), "full": (False, True)}


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that waits, for a person or for the next sync, and where it is listed."""

    name: str
    words: str
    rows: QuerySet[Any]
    needs: str
    tone: str = ""


def start(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    """Start what was asked for, and go to its page; who refuses it says what comes first."""
    row, asked = connection_or_404(pk), KINDS.get(request.POST.get("what", ""))
    if asked is None:
        raise Http404("a sync is dry, now or full")
    user, (is_dry, is_full) = person(request), asked
    try:
        sync = services.start(row, user=user, is_dry=is_dry, is_full=is_full)
    except services.SyncRefused as refused:
        messages.warning(request, str(refused))
        return go_to(row)
    note(row, user, f"Started: {kind_of(sync).lower()} {sync.pk}")
    return go_to(sync if access.may_view(user) else row)


def syncing(request: HttpRequest, row: Connection) -> dict[str, Any]:
    """Return what the page shows of its syncs: the last ones, what is owed, and the buttons."""
    user, is_source = request.user, row.kind == SOURCE.slug
    return {
        "start_link": _link(row, "start") if access.may_sync(user) else "",
        "is_source": is_source,
        "owes_all": row.pushes and row.owes_all_since is not None,
        "last": _last(row) if access.may_view(user) else [],
        "counted": COUNTED,
        "may_view": access.may_view(user),
        "owed": [] if is_source else owed(user, row),
    }


def owed(user: Any, row: Connection) -> list[tuple[Owed, int, str]]:
    """Return what waits, how much of it, and its address, of what this person may see.

    Counted in one query, each up to COUNTED + 1.
    """
    seen = [one for one in _owed(row) if user.has_perm(one.needs)]
    links = ["" if one.name == "waiting" else _link(row, one.name) for one in seen]
    return list(zip(seen, _counted([one.rows for one in seen]), links, strict=True))


def _counted(of: Sequence[QuerySet[Any]]) -> Sequence[int]:
    if not of:
        return []
    asked = [rows.order_by()[: COUNTED + 1].values("pk").query.sql_with_params() for rows in of]
    columns = ", ".join(f"(SELECT count(*) FROM ({sql}) AS one)" for sql, _ in asked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [each for _, params in asked for each in params])
        found: tuple[int, ...] = cursor.fetchone()
    return found


def refused_of(row: Connection) -> QuerySet[OutboxItem]:
    ended = [OutboxItem.State.REJECTED, OutboxItem.State.DEAD]
    return OutboxItem.objects.filter(connection=row, state__in=ended)


def _owed(row: Connection) -> list[Owed]:
    open_ = Q(state__in=[OutboxItem.State.WAITING, OutboxItem.State.CLAIMED])
    choose = Link.objects.filter(connection=row, state=Link.State.SEVERAL)
    left = Deletion.objects.filter(connection=row).exclude(state=Deletion.State.DONE)
    return [
        Owed("refused", "Refused", refused_of(row).exclude(code=HELD), access.REFUSED, "bad"),
        Owed("choose", "To choose", choose, access.LINKS, "bad"),
        Owed("conflicts", "Conflicts", Conflict.objects.filter(link__connection=row),
             access.CONFLICTS),
        Owed("deletions", "To be deleted", left, access.DELETIONS),
        Owed("waiting", "Waiting to be sent",
             OutboxItem.objects.filter(open_, connection=row), access.REFUSED),
    ]  # fmt: skip


def _last(row: Connection) -> list[dict[str, Any]]:
    rows = Sync.objects.filter(connection=row).select_related("created_by")
    return [
        {
            "sync": one,
            "kind": kind_of(one),
            "colour": STATE_COLOURS.get(one.state, ""),
            "said": in_short(one.counts, is_dry=one.is_dry) or one.reason,
        }
        for one in rows.defer("problems", "marks")[:LAST]
    ]


def _link(row: Connection, name: str) -> str:
    return reverse(f"admin:crm_sync_connection_{name}", args=[row.pk])
