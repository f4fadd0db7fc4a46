"""The list of recipes, and the addresses of their pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.text import Truncator
from unfold.admin import ModelAdmin
from unfold.decorators import display

from contacts.admin.base import ToLookAt
from contacts.admin.pages import READ, WRITE, addresses, number, signed_in
from enrichment.admin.recipes import editing, rehearsing, shelving, trying
from enrichment.admin.recipes.access import may_add, may_change, may_delete, opened
from enrichment.models import Recipe
from enrichment.recipes import starting
from integrations.money import usd

# Address, view, who may.
STEPS = (
    ("copy", shelving.copy, may_add),
    ("reset", shelving.reset, may_change),
    ("archive", shelving.archive, may_change),
    ("delete", shelving.delete, may_delete),
)

# Name, end of the address, view, who may, methods.
REHEARSAL = (
    ("page", "", rehearsing.page, trying.may_try, READ),
    ("live", "live/", rehearsing.live, trying.may_try, READ),
    ("cancel", "cancel/", rehearsing.cancel, trying.may_try, WRITE),
    ("apply", "apply/", rehearsing.apply, rehearsing.may_apply, WRITE),
)


def _who_may(
    view: Callable[..., HttpResponseBase], may: Callable[[Any], bool]
) -> Callable[..., HttpResponseBase]:
    def ask(office: ModelAdmin, request: HttpRequest, rehearsal_id: int) -> HttpResponseBase:
        if not (trying.may_try(request.user) and may(request.user)):
            raise PermissionDenied
        return view(office, request, rehearsal_id)

    return ask


@admin.register(Recipe)
class RecipeAdmin(ToLookAt):
    list_display = ("named", "field_count", "fresh", "cap", "run_count", "kind", "updated_at")
    list_filter = ("is_archived",)
    search_fields = ("name__istartswith",)
    search_help_text = "The beginning of a recipe's name"
    ordering = ("is_archived", "name")
    actions = None
    change_list_template = "enrichment/recipes/list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recipe]:
        rows: QuerySet[Recipe] = super().get_queryset(request)
        return rows.annotate(
            wanted=Count("fields", distinct=True), used=Count("runs", distinct=True)
        )

    def get_urls(self) -> list[URLPattern]:
        arrange = signed_in(self, editing.arrange, WRITE)
        attempt = signed_in(self, trying.attempt, WRITE)
        steps = [(name, opened(view, may), WRITE) for name, view, may in STEPS]
        rehearsal = [
            path(
                f"rehearsal/<int:rehearsal_id>/{page}",
                signed_in(self, _who_may(view, may), methods),
                name=f"enrichment_rehearsal_{name}",
            )
            for name, page, view, may, methods in REHEARSAL
        ]
        return [
            path("arrange/", arrange, name="enrichment_recipe_arrange"),
            path("try/", attempt, name="enrichment_recipe_try"),
            *rehearsal,
            *addresses(self, steps),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return bool(ModelAdmin.has_add_permission(self, request))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return editing.add(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        return editing.page(self, request, number(object_id))

    @display(description="Recipe", header=True)
    def named(self, recipe: Recipe) -> tuple[str, str]:
        return recipe.name, Truncator(recipe.description).chars(40)

    @display(description="Fields")
    def field_count(self, recipe: Recipe) -> int:
        return int(getattr(recipe, "wanted", 0))

    @display(description="Answers count for")
    def fresh(self, recipe: Recipe) -> str:
        return f"{recipe.fresh_days} days" if recipe.fresh_days else "as each lookup says"

    @display(description="Proposed cap")
    def cap(self, recipe: Recipe) -> str:
        return "the most" if recipe.cap_usd is None else usd(recipe.cap_usd)

    @display(description="Runs")
    def run_count(self, recipe: Recipe) -> int:
        return int(getattr(recipe, "used", 0))

    @display(description="", label={"Archived": "", "Built in": "info"})
    def kind(self, recipe: Recipe) -> str:
        if recipe.is_archived:
            return "Archived"
        return "Built in" if starting(recipe) else ""
