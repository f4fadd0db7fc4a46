"""What else is done with a recipe: copied, reset, archived and brought back, deleted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin

from contacts.admin.pages import go_to
from enrichment import keeping
from enrichment.models import Recipe


def copy(office: ModelAdmin, request: HttpRequest, recipe: Recipe) -> HttpResponse:
    new = keeping.copy(recipe)
    office.log_addition(request, new, f"copied from {recipe}")
    messages.success(request, f"This is a copy of “{recipe}”. Give it a name and change it.")
    return go_to(new)


def reset(office: ModelAdmin, request: HttpRequest, recipe: Recipe) -> HttpResponse:
    try:
        keeping.reset(recipe)
        office.log_change(request, recipe, "reset")
        messages.success(request, f"“{recipe}” asks again what it asked at first.")
    except keeping.RecipeRefused as refused:
        messages.warning(request, str(refused))
    return go_to(recipe)


def archive(office: ModelAdmin, request: HttpRequest, recipe: Recipe) -> HttpResponse:
    """Put it away, or bring it back: what the button said, not what the row says now."""
    is_archived = request.POST.get("to") != "shelf"
    keeping.archive(recipe, is_archived=is_archived)
    office.log_change(request, recipe, "archived" if is_archived else "brought back")
    said = "is offered for new runs no more" if is_archived else "is offered for new runs again"
    messages.success(request, f"“{recipe}” {said}.")
    return go_to(recipe)


def delete(office: ModelAdmin, request: HttpRequest, recipe: Recipe) -> HttpResponse:
    """Delete a recipe that no run used, or say why it stays."""
    name, pk = str(recipe), recipe.pk
    try:
        keeping.delete(recipe)
    except keeping.RecipeRefused as refused:
        messages.warning(request, str(refused))
        return go_to(recipe)
    recipe.pk = pk
    office.log_deletions(request, [recipe])
    messages.success(request, f"“{name}” is deleted.")
    return redirect("admin:enrichment_recipe_changelist")
