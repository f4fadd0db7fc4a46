"""Pages that refuse: 400, 403, 404, 500, a form that is not ours; each leads somewhere."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import Error as DatabaseFailed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.csrf import requires_csrf_token

from dashboards.access.people import admins
from dashboards.banner import environment
from dashboards.navigation import favicon

ASKED = 3


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    is_too_big = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2
    title = "That is too much for one form" if is_too_big else "That request cannot be read"
    return page(request, 400, title, "bad", is_too_big=is_too_big, limit_mb=limit)


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403, "That is not for your role", "forbidden", ask=_whom_to_ask(request))


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404, "There is no such page", "missing")


@requires_csrf_token
def broken(request: HttpRequest) -> HttpResponse:
    return page(request, 500, "Something went wrong here", "broken")


def foreign_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without our mark: the page was open for long, or somebody else's site sent it."""
    return page(request, 403, "This form is out of date", "stale")


def page(request: HttpRequest, status: int, title: str, kind: str, **context: Any) -> HttpResponse:
    """Render a page that needs nothing but the request: the database may be what is broken."""
    whole = {
        "title": title,
        "status": status,
        "kind": kind,
        "is_signed_in": _is_signed_in(request),
        "environment": _badge(request),
        "reference": getattr(request, "correlation_id", ""),  # the logs tell about it under this
        "site_title": "Switchboard",
        "styles": [static("dashboards/colours.css"), static("dashboards/dashboards.css")],
        "scripts": [static("dashboards/policy.js"), static("dashboards/drafts.js")],
        "site_favicons": [{"rel": "icon", "type": "image/svg+xml", "href": favicon(request)}],
        **context,
    }
    return render(request, "dashboards/access/error.html", whole, status=status)


def _is_signed_in(request: HttpRequest) -> bool:
    try:
        return hasattr(request, "user") and request.user.is_authenticated
    except DatabaseFailed:
        return False


def _badge(request: HttpRequest) -> list[str] | None:
    try:
        return environment(request)
    except DatabaseFailed:
        return None


def _whom_to_ask(request: HttpRequest) -> list[str]:
    """Return the names of a few administrators, for those who are signed in."""
    if not _is_signed_in(request):
        return []
    people = admins().exclude(username=request.user.get_username()).order_by("pk")[:ASKED]
    return [person.get_full_name() or person.get_username() for person in people]
