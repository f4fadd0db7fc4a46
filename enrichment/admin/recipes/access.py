"""Who may do what with a recipe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from unfold.admin import ModelAdmin

from enrichment.models import Recipe

View = Callable[[ModelAdmin, HttpRequest, Recipe], HttpResponseBase]


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
    recipe = Recipe.objects.filter(pk=pk).first()
    if recipe is None:
        raise Http404(f"there is no recipe {pk}")
    return recipe


def opened(
    view: View, may: Callable[[Any], bool]
) -> Callable[[ModelAdmin, HttpRequest, int], HttpResponseBase]:
    """Give the view its recipe, for those who may."""

    def ask(office: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponseBase:
        return view(office, request, found(request, pk, may))

    return ask
