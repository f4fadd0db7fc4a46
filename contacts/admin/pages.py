"""What every page of one row asks and is given, in this room and in those above it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial, update_wrapper
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods
from unfold.admin import ModelAdmin

from contacts.numerals import whole

Row = TypeVar("Row", bound=Model)
# A page of one row, before and after its id has become the row.
View = Callable[[ModelAdmin, HttpRequest, Row], HttpResponseBase]
Opened = Callable[[ModelAdmin, HttpRequest, int], HttpResponseBase]

READ, WRITE = ("GET", "HEAD"), ("POST",)
PAGES_MOST = 99_999


def signed_in(
    office: ModelAdmin, view: Callable[..., HttpResponseBase], methods: Sequence[str]
) -> Callable[..., Any]:
    """Ask for a signed-in person; a fragment tells the whole page to go and sign in."""
    page = office.admin_site.admin_view(require_http_methods([*methods])(partial(view, office)))

    def ask(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if "HX-Request" in request.headers and not office.admin_site.has_permission(request):
            back = request.headers.get("HX-Current-URL", "")
            there = f"{reverse('admin:login')}?{urlencode({'next': back})}"
            return HttpResponse(status=401, headers={"HX-Redirect": there})
        return page(request, *args, **kwargs)

    update_wrapper(ask, page)
    return ask


def opened(
    view: View[Row], may: Callable[[Any, Row], bool], rows: QuerySet[Row], room: str = ""
) -> Opened:
    """Give the view its row, for those who may; 403 for others, 404 where there is none.

    Who holds no permission at all in `room`, if it names one, is not told which rows there are.
    """

    def ask(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponseBase:
        if room and not request.user.has_module_perms(room):
            raise PermissionDenied
        row = found(rows, pk)
        if not may(request.user, row):
            raise PermissionDenied
        return view(office, request, row)

    return ask


def found(rows: QuerySet[Row], pk: int) -> Row:
    """Return the row; 404 where there is none."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404(f"there is no {rows.model._meta.verbose_name} {pk}")
    return row


def number(text: str) -> int:
    """Return the id that an address names; 404 for what no row can have."""
    found = whole(text)
    if found is None:
        raise Http404(f"there is no {text!r}")
    return found


def page_number(request: HttpRequest) -> int:
    """Return the page of a list that the address asks for, the first where that is no number."""
    asked = whole(request.GET.get("p", ""), most=PAGES_MOST)
    return 1 if asked is None else asked


def addresses(
    office: ModelAdmin, pages: Iterable[tuple[str, Callable[..., HttpResponseBase], Sequence[str]]]
) -> list[URLPattern]:
    """Return the addresses of a row's pages, each with its name, its view and its methods."""
    of = f"{office.opts.app_label}_{office.opts.model_name}"
    return [
        path(f"<int:pk>/{name}/", signed_in(office, view, methods), name=f"{of}_{name}")
        for name, view, methods in pages
    ]


def address(row: Model, page: str = "change") -> str:
    """Return where a row's page is."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


def go_to(row: Model, page: str = "change") -> HttpResponse:
    return redirect(address(row, page))


def show(
    office: ModelAdmin, request: HttpRequest, template: str, title: str, **context: Any
) -> HttpResponse:
    """Render a page of the back office."""
    whole = {
        **office.admin_site.each_context(request),
        "opts": office.opts,
        "title": title,
        **context,
    }
    return render(request, template, whole)


def person(request: HttpRequest) -> User:
    """Return who is signed in."""
    assert isinstance(request.user, User)
    return request.user
