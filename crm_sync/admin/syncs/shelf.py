"""What the pages of a connection's leftovers share: their tabs, their frame, pages of rows."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.admin import ModelAdmin

from contacts.admin.pages import page_number, show
from contacts.paging import EstimatedPaginator
from crm_sync.admin.syncs import access
from crm_sync.models import Connection

AT_ONCE = 50
# Address below the connection's, title, what it takes to see it.
SHELVES = (
    ("refused", "Refused records", access.REFUSED),
    ("choose", "Records to choose", access.LINKS),
    ("conflicts", "Conflicts", access.CONFLICTS),
    ("deletions", "Deletions", access.DELETIONS),
)


def place(of: Connection, name: str) -> str:
    """Return where one of these pages is."""
    return reverse(f"admin:crm_sync_connection_{name}", args=[of.pk])


def frame(
    office: ModelAdmin, request: HttpRequest, of: Connection, name: str, **context: Any
) -> HttpResponse:
    """Render one of the pages, with tabs to those others that this person may see."""
    titles = {key: title for key, title, _ in SHELVES}
    tabs = [
        (key, title, place(of, key))
        for key, title, needs in SHELVES
        if request.user.has_perm(needs)
    ]
    return show(
        office, request, f"crm_sync/syncs/{name}.html", f"{of}: {titles[name].lower()}",
        connection=of, tabs=tabs, shelf=name, back=access.connection_link(request.user, of),
        may_act=access.may_sync(request.user), **context,
    )  # fmt: skip


def rows_of_page(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    """Return the page of rows that the address asks for, newest first."""
    return EstimatedPaginator(rows.order_by("-pk"), AT_ONCE).get_page(page_number(request))
