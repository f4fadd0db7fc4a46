"""Who may see and do what on a contact's page; every view and fragment asks here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contacts.models import Contact

P = ParamSpec("P")
VIEW = "contacts.view_contact"
CHANGE = "contacts.change_contact"
ADD_NOTE = "contacts.add_note"
ADD_TAG = "contacts.add_contacttag"
REMOVE_TAG = "contacts.delete_contacttag"

View = Callable[Concatenate[HttpRequest, Contact, P], HttpResponse]


def contact_view(*needs: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[View[P]], Any]:
    """Turn `view(request, contact, …)` into a view of the back office that takes the id.

    Whoever is not signed in goes to the login page; who may not view the contact, or lacks one of
    `needs`, is refused with 403.
    """

    def decorate(view: View[P]) -> Any:
        def guarded(request: HttpRequest, pk: int, *args: P.args, **kwargs: P.kwargs) -> Any:
            if not may_view(request) or not request.user.has_perms(needs):
                raise PermissionDenied
            contact = get_object_or_404(Contact.objects.select_related("company"), pk=pk)
            return view(request, contact, *args, **kwargs)

        inside = require_http_methods(methods)(admin.site.admin_view(guarded))

        def entrance(request: HttpRequest, pk: int, *args: P.args, **kwargs: P.kwargs) -> Any:
            """Send a fragment's whole page to the login, not the login into the fragment."""
            if "HX-Request" in request.headers and not admin.site.has_permission(request):
                page = reverse("contact:page", args=[pk])
                return HttpResponse(headers={"HX-Redirect": page})
            return inside(request, pk, *args, **kwargs)

        return entrance

    return decorate


def may_view(request: HttpRequest) -> bool:
    return request.user.has_perm(VIEW) or request.user.has_perm(CHANGE)


def person(request: HttpRequest) -> User:
    """Return who is signed in."""
    assert isinstance(request.user, User)
    return request.user
