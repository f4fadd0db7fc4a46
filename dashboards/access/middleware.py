"""What holds for whoever is signed in: a due password comes first, and only use keeps one in."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

# All that a person with a due password can reach.
OPEN = frozenset(
    {
        "admin:login",
        "admin:logout",
        "admin:password_change",
        "dashboards:password",
        "dashboards:health",
        "dashboards:ready",
    }
)
TOUCH_EVERY_S = 60


class SignedIn:
    """Leads whoever has a due password to the new one; keeps everybody else's session in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or match.view_name in OPEN - {"admin:password_change"}:
            return None
        user = request.user
        if isinstance(user, AnonymousUser):
            return _to_page_of_form(request)
        if match.view_name not in OPEN and is_password_due(user):
            return _to_password(request)
        _touch(request, user)
        return None


def is_password_due(user: User) -> bool:
    return hasattr(user, "password_due")


def _to_page_of_form(request: HttpRequest) -> HttpResponse | None:
    """Lead a form of an ended session to the sign-in, and from there to the page it was sent from.

    Many forms are sent to addresses that cannot be got. What was typed waits on the page, see
    `drafts.js`.
    """
    sent_from = request.headers.get("Referer", "")
    is_form = request.method == "POST" and "HX-Request" not in request.headers
    if not is_form or not url_has_allowed_host_and_scheme(sent_from, {request.get_host()}):
        return None
    page = urlsplit(sent_from)._replace(scheme="", netloc="", fragment="").geturl()
    return redirect_to_login(page, reverse("admin:login"))


def _to_password(request: HttpRequest) -> HttpResponse:
    """Lead to the new password; a fragment leads its whole page there."""
    there = reverse("dashboards:password")
    if "HX-Request" in request.headers:
        return HttpResponse(status=403, headers={"HX-Redirect": there})
    return HttpResponseRedirect(there)


def _touch(request: HttpRequest, user: User) -> None:
    """Start the time-out anew, at most once a minute: a session that changes is saved afresh.

    A page that fetches its own figures again and again is not a person.
    """
    if request.method == "GET" and "HX-Request" in request.headers:
        return
    now = int(time.time())
    signed_in_at = user.last_login.timestamp() if user.last_login else 0
    if now - request.session.get("used_at", signed_in_at) >= TOUCH_EVERY_S:
        request.session["used_at"] = now
