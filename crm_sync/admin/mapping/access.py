"""Who may see and change mappings; every page and fragment of the editor asks here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from crm_sync.connector import COMPANY
from crm_sync.mapping import service
from crm_sync.models import Connection

P = ParamSpec("P")
VIEW = "crm_sync.view_mapping"
CHANGE = "crm_sync.change_mapping"
READ, WRITE = ("GET", "HEAD"), ("POST",)


@dataclass(frozen=True, slots=True)
class Place:
    """A connection and the object whose mapping is looked at."""

    connection: Connection
    object: str

    def address(self, page: str = "page", **more: Any) -> str:
        return reverse(
            f"mapping:{page}",
            kwargs={"connection_id": self.connection.pk, "obj": self.object, **more},
        )

    @property
    def words(self) -> str:
        return "companies" if self.object == COMPANY else f"{self.object}s"


View = Callable[Concatenate[HttpRequest, Place, P], HttpResponse]


def mapping_view(*needs: str, methods: tuple[str, ...] = READ) -> Callable[[View[P]], Any]:
    """Turn `view(request, place, …)` into a view of the back office that takes ids.

    Whoever is not signed in goes to the login page; who lacks one of `needs` is refused with 403
    before being told which connections there are.
    """

    def decorate(view: View[P]) -> Any:
        def guarded(
            request: HttpRequest, connection_id: int, obj: str, *args: P.args, **kwargs: P.kwargs
        ) -> Any:
            if not may_view(request.user) or not request.user.has_perms(needs):
                raise PermissionDenied
            return view(request, _place(connection_id, obj), *args, **kwargs)

        inside = admin.site.admin_view(require_http_methods([*methods])(guarded))

        def entrance(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            """Send a fragment's whole page to the login, not the login into the fragment."""
            if "HX-Request" in request.headers and not admin.site.has_permission(request):
                here = {"connection_id": kwargs["connection_id"], "obj": kwargs["obj"]}
                there = reverse("mapping:page", kwargs=here)
                return HttpResponse(headers={"HX-Redirect": there})
            return inside(request, *args, **kwargs)

        return entrance

    return decorate


def _place(connection_id: int, obj: str) -> Place:
    connection = get_object_or_404(Connection, pk=connection_id)
    if obj not in (service.objects(connection) or (obj,)):
        raise Http404(f"{connection} has no {obj}")
    return Place(connection, obj)


def may_view(user: Any) -> bool:
    return bool(user.has_perm(VIEW) or user.has_perm(CHANGE))


def may_change(user: Any) -> bool:
    return bool(user.has_perm(CHANGE))
