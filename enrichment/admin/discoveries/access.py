"""Who may do what with a discovery, and the addresses of its pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from enrichment.models import Discovery

Ask = Callable[[Any, Discovery], bool]
View = Callable[[ModelAdmin, HttpRequest, Discovery], HttpResponseBase]


def may_view(user: Any, row: Discovery) -> bool:
    """True for whoever may view or steer discoveries, and for whoever made this one."""
    return bool(
        user.has_perm("enrichment.view_discovery")
        or user.has_perm("enrichment.change_discovery")
        or (row.created_by_id == user.pk and user.has_perm("enrichment.add_discovery"))
    )


def may_add(user: Any, row: Discovery | None = None) -> bool:
    return bool(user.has_perm("enrichment.add_discovery"))


def may_approve(user: Any, row: Discovery) -> bool:
    return bool(user.has_perm("enrichment.approve_discovery"))


def may_steer(user: Any, row: Discovery) -> bool:
    return bool(user.has_perm("enrichment.change_discovery"))


def opened(view: View, may: Ask) -> Callable[[ModelAdmin, HttpRequest, int], HttpResponseBase]:
    """Give the view its discovery, for those who may; 403 for others, 404 where there is none."""

    def ask(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponseBase:
        if not request.user.has_module_perms("enrichment"):
            raise PermissionDenied
        rows = Discovery.objects.select_related("created_by", "recipe", "record", "run")
        row = rows.filter(pk=pk).first()
        if row is None:
            raise Http404(f"there is no discovery {pk}")
        if not may(request.user, row):
            raise PermissionDenied
        return view(office, request, row)

    return ask


def address(page: str, row: Discovery) -> str:
    return reverse(f"admin:enrichment_discovery_{page}", args=[row.pk])


def go_to(row: Discovery) -> HttpResponse:
    return redirect(address("change", row))
