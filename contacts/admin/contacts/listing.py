"""The list of contacts: its address is a selection in its own words, newest first."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from contacts import queries, selection
from contacts.admin.base import ToLookAt
from contacts.admin.contacts import bulk, columns, filtering
from contacts.admin.erasing import asking
from contacts.admin.pages import READ, WRITE, page_number, person, show, signed_in
from contacts.filters import FILTERS
from contacts.models import Contact
from contacts.suppression.queries import suppressed_among

LIST = "admin:contacts_contact_changelist"
# What an address has beside filters: the page, and what Django's own pages add.
_NO_FILTERS = frozenset(("p", "_popup", "_changelist_filters"))


@admin.register(Contact)
class ContactAdmin(ToLookAt):
    def get_urls(self) -> list[URLPattern]:
        pages = (
            ("count/", count, "count", READ),
            ("columns/", choose_columns, "columns", WRITE),
            ("suggest/<slug:name>/", suggest, "suggest", READ),
            ("bulk/", bulk.choose, "choose", WRITE),
            ("bulk/<slug:kind>/", bulk.confirm, "bulk", READ + WRITE),
            ("<int:pk>/erase/", asking.of_contact, "erase", READ + WRITE),
        )
        own = [
            path(address, signed_in(self, view, methods), name=f"contacts_contact_{name}")
            for address, view, name, methods in pages
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        return listing(self, request)


def listing(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """A page of the list; what was typed by name leads to the address that says it by number."""
    _ask(office, request)
    params = request.GET.dict()
    if (settled := filtering.settle(params, person(request))) is not None:
        for notice in settled.notices:
            messages.warning(request, notice)
        return redirect(f"{reverse(LIST)}?{settled.query}" if settled.query else reverse(LIST))
    chosen, notices = selection.read(params)
    unknown = [name for name in params if name not in FILTERS and name not in _NO_FILTERS]
    notices += [f"“{name[:40]}” is no filter of this list and was left out." for name in unknown]
    for notice in notices:
        messages.warning(request, notice)
    shown = columns.chosen_by(person(request))
    prefetch = [column.prefetch for column in shown if column.prefetch]
    page = queries.page_of(chosen, page_number(request), prefetch=prefetch)
    return show(
        office, request, "contacts/list/page.html", "Contacts", page=page, shown=shown,
        rows=[(contact, _cells(contact, shown)) for contact in page.contacts],
        suppressed=suppressed_among([contact.phone_e164 for contact in page.contacts]),
        **_around(request, chosen, page),
    )  # fmt: skip


def _around(
    request: HttpRequest, chosen: selection.Selection, page: queries.ContactPage
) -> dict[str, Any]:
    """What stands above and below the rows."""
    user, query = person(request), selection.as_query(chosen)
    boxes = filtering.boxes(user, chosen)
    names = {box.name for box in boxes}
    return {
        "query": query,
        "chips": filtering.chips(chosen),
        "boxes": boxes,
        "kept_by_filters": [pair for pair in filtering.hidden(chosen) if pair[0] not in names],
        "kept_by_search": filtering.hidden(chosen, "q"),
        "term": chosen.get("q", ""),
        "columns": columns.COLUMNS.values(),
        "actions": bulk.actions_of(user),
        "before": _page_query(chosen, page.number - 1) if page.number > 1 else "",
        "after": _page_query(chosen, page.number + 1) if page.has_next else "",
        "is_end": page.number == queries.LAST_PAGE,
        "may_import": user.has_perm("contacts.add_import"),
    }


def count(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """How many contacts the selection has, for the list to fetch when it stands."""
    _ask(office, request)
    chosen, _ = selection.read(request.GET.dict())
    return render(request, "contacts/list/_count.html", {"count": queries.count_of(chosen)})


def suggest(office: ModelAdmin, request: HttpRequest, name: str) -> HttpResponse:
    """The names that fit what is typed into a box."""
    _ask(office, request)
    one = FILTERS.get(name)
    if one is None or one.suggest is None:
        raise Http404(f"nothing is suggested for {name!r}")
    if not request.user.has_perm(one.permission):
        raise PermissionDenied
    typed = request.GET.get(f"{name}{filtering.TYPED}") or request.GET.get(name) or ""
    found = one.suggest(typed[:100].replace("\0", "").strip())
    return render(request, "contacts/list/_suggested.html", {"names": [n for _, n in found]})


def choose_columns(office: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Remember the person's columns, and go back to the list."""
    _ask(office, request)
    is_usual = "usual" in request.POST
    columns.choose(person(request), [] if is_usual else request.POST.getlist("column"))
    read = {name: texts[-1] for name, texts in parse_qs(request.POST.get("back", "")).items()}
    return redirect(f"{reverse(LIST)}?{urlencode(read)}" if read else reverse(LIST))


def _ask(office: ModelAdmin, request: HttpRequest) -> None:
    if not office.has_view_permission(request):
        raise PermissionDenied


def _cells(contact: Contact, shown: list[columns.Column]) -> list[tuple[str, columns.Cell]]:
    return [(column.label, column.cell(contact)) for column in shown]


def _page_query(chosen: selection.Selection, number: int) -> str:
    filters = selection.as_query(chosen)
    return f"{filters}&p={number}" if filters else f"p={number}"
