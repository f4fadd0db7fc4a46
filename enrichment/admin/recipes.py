"""The back office of recipes: the wanted fields, and for each the lookups that may supply it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from enrichment.golden import NAMES
from enrichment.models import Recipe, RecipeField
from enrichment.recipes import set_waterfall
from integrations.registry import UnknownLookup, lookup, lookups

CHOICES = [("", "Choose a field"), *((name, name.replace("_", " ")) for name in NAMES)]


class FieldForm(forms.ModelForm):  # type: ignore[type-arg]
    """A wanted field with its waterfall as one line of text."""

    field = forms.ChoiceField(choices=CHOICES, widget=UnfoldAdminSelectWidget())
    waterfall = forms.CharField(
        max_length=2000,
        widget=UnfoldAdminTextInputWidget(attrs={"size": 60}),
        help_text="Lookups in the order in which they are asked, separated by commas.",
    )

    class Meta:
        model = RecipeField
        fields = ("position", "field", "sufficient")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            steps = [step.lookup for step in self.instance.steps.all()]
            self.initial["waterfall"] = ", ".join(steps)

    def clean_waterfall(self) -> list[str]:
        slugs = [part.strip() for part in self.cleaned_data["waterfall"].split(",") if part.strip()]
        wanted = self.cleaned_data.get("field", "")
        for slug in slugs:
            try:
                found = lookup(slug)
            except UnknownLookup as unknown:
                raise forms.ValidationError(str(unknown)) from unknown
            if wanted and wanted not in found.supplies:
                who = [each.slug for each in lookups() if wanted in each.supplies]
                raise forms.ValidationError(
                    f"{slug} does not supply {wanted}; {', '.join(who) or 'no lookup'} does."
                )
        if len(set(slugs)) < len(slugs):
            raise forms.ValidationError("A lookup stands here twice.")
        return slugs

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        if "waterfall" in self.changed_data:
            set_waterfall(self.instance, self.cleaned_data["waterfall"])


class FieldInline(TabularInline):
    model = RecipeField
    form = FieldForm
    fields = ("position", "field", "sufficient", "waterfall")
    extra = 0
    verbose_name = "wanted field"

    def get_queryset(self, request: HttpRequest) -> QuerySet[RecipeField]:
        rows: QuerySet[RecipeField] = super().get_queryset(request)
        return rows.prefetch_related("steps")


@admin.register(Recipe)
class RecipeAdmin(ModelAdmin):
    list_display = ("named", "field_count", "is_archived", "updated_at")
    list_filter = ("is_archived",)
    search_fields = ("name__istartswith",)
    fields = ("name", "slug", "description", "is_archived")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (FieldInline,)
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recipe]:
        rows: QuerySet[Recipe] = super().get_queryset(request)
        return rows.annotate(wanted=Count("fields"))

    @display(description="Recipe", header=True, ordering="name")
    def named(self, recipe: Recipe) -> tuple[str, str]:
        return recipe.name, recipe.description[:100]

    @display(description="Fields", ordering="wanted")
    def field_count(self, recipe: Recipe) -> int:
        return int(getattr(recipe, "wanted", 0))
