"""The command search of django-unfold, which breaks at a page that means nothing."""

from __future__ import annotations

from django.contrib import admin
from django.core.paginator import EmptyPage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from contacts.numerals import whole
from integrations.redis_link import FAILURES

FIRST = "1"
PAGES_MOST = 999_999  # nobody finds a million
AWAY = "<p>The search needs Redis, which does not answer. Use the menu, or try again later.</p>"


def search(request: HttpRequest) -> HttpResponseBase:
    """Answer what unfold would, from the first page on where the wanted one is none."""
    wanted = request.GET.get("page", FIRST)
    is_number = whole(wanted, most=PAGES_MOST) is not None
    try:
        return _found(request, wanted if is_number else FIRST)
    except EmptyPage:
        return _found(request, FIRST)
    except FAILURES:  # unfold keeps what it found in the cache
        return HttpResponse(AWAY)


def _found(request: HttpRequest, page: str) -> HttpResponseBase:
    asked = request.GET.copy()
    asked["page"] = page
    request.GET = asked  # type: ignore[assignment]  # a copy: the stubs want it immutable
    found: HttpResponseBase = admin.site.search(request)  # type: ignore[attr-defined]  # unfold's
    return found


view = admin.site.admin_view(search)
