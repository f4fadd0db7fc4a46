"""Who may do what with a recipe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from unfold.admin import ModelAdmin

from contacts.admin import pages
from enrichment.models import Recipe


def may_view(user: Any) -> bool:
    return bool(user.has_perm("enrichment.view_recipe") or may_change(user))


def may_add(user: Any) -> bool:
    return bool(user.has_perm("enrichment.add_recipe"))


def may_change(user: Any) -> bool:
    return bool(user.has_perm("enrichment.change_recipe"))


def may_delete(user: Any) -> bool:
    return bool(user.has_perm("enrichment.delete_recipe"))


def found(request: HttpRequest, pk: int, may: Callable[[Any], bool]) -> Recipe:
    """Return the recipe, for those who may; 403 for others, 404 where there is none."""
    if not may(request.user):
        raise PermissionDenied
    return pages.found(Recipe.objects.all(), pk)


def opened(view: pages.View[Recipe], may: Callable[[Any], bool]) -> pages.Opened:
    """Give the view its recipe, for those who may."""

    def ask(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponseBase:
        return view(office, request, found(request, pk, may))

    return ask
