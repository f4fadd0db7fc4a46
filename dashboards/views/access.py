"""Who may see a page: signed in, and with the page's permission; fragments ask the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

View = Callable[..., HttpResponseBase]


def page(permission: str) -> Callable[[View], View]:
    """Ask for a permission; who is not signed in is led to the sign-in page."""

    def decorate(view: View) -> View:
        wrapped: View = admin.site.admin_view(_asking(permission, view))
        return wraps(view)(wrapped)

    return decorate


def fragment(permission: str) -> Callable[[View], View]:
    """Ask the same for a part of a page: a sign-in page inside a table would help nobody."""

    def decorate(view: View) -> View:
        inside = page(permission)(view)

        @wraps(view)
        def ask(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not admin.site.has_permission(request):
                back = request.headers.get("HX-Current-URL")
                query = f"?{urlencode({'next': back})}" if back else ""
                there = f"{reverse('admin:login')}{query}"
                return HttpResponse(status=403, headers={"HX-Redirect": there})
            return inside(request, *args, **kwargs)

        return ask

    return decorate


def _asking(permission: str, view: View) -> View:
    @wraps(view)
    def ask(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(permission):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return ask
