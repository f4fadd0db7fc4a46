"""Who may see and change what of this room's pages; every view and fragment asks here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, update_wrapper
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from unfold.admin import ModelAdmin

from integrations.models import Account
from integrations.registry import PROVIDERS

VIEW = "integrations.view_account"
CHANGE = "integrations.change_account"
SET_SECRETS = "integrations.change_secret"
TEST = "integrations.test_account"
VIEW_CALLS = "integrations.view_apicall"
VIEW_EXCHANGE = "integrations.view_exchange"
SEE_ACCOUNT = (VIEW, CHANGE)
READ, WRITE = ("GET", "HEAD"), ("POST",)

View = Callable[..., HttpResponseBase]


def may(request: HttpRequest, *any_of: str) -> bool:
    """Tell whether this person holds one of these."""
    return any(request.user.has_perm(permission) for permission in any_of)


def page(
    office: ModelAdmin, view: View, methods: Sequence[str], sees: Sequence[str], *any_of: str
) -> View:
    """Ask for a signed-in person who may see the page, and holds one of `any_of` if it names some;
    a fragment leads to sign in."""

    def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may(request, *sees) or (any_of and not may(request, *any_of)):
            raise PermissionDenied
        return view(office, request, *args, **kwargs)

    inside = office.admin_site.admin_view(require_http_methods([*methods])(allowed))

    def ask(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "HX-Request" in request.headers and not office.admin_site.has_permission(request):
            back = urlencode({"next": request.headers.get("HX-Current-URL", "")})
            there = f"{reverse('admin:login')}?{back}"
            return HttpResponse(status=401, headers={"HX-Redirect": there})
        found: HttpResponseBase = inside(request, *args, **kwargs)
        return found

    update_wrapper(ask, partial(view).func)
    return ask


def account_or_404(pk: object) -> Account:
    """Return the account of a provider that we know."""
    number = str(pk)
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise Http404(f"no account is called {number[:40]!r}")
    known = [of.slug for of in PROVIDERS]
    account = Account.objects.filter(provider__in=known, pk=int(number)).first()
    if account is None:
        raise Http404(f"there is no account {number}")
    return account


def person(request: HttpRequest) -> User:
    """Return who is signed in."""
    assert isinstance(request.user, User)
    return request.user
