"""The back office of upkeep: which recipes are asked again by themselves, and for how much."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from enrichment import selection
from enrichment.keeping_up import left_of_month
from enrichment.models import Recipe, Upkeep
from integrations.money import usd


class UpkeepForm(forms.ModelForm):  # type: ignore[type-arg] # generic for the type checker only
    """An upkeep whose selection is one that runs understand."""

    class Meta:
        model = Upkeep
        fields = ("name", "recipe", "selection", "after_days", "monthly_cap_usd", "is_on")

    def clean_selection(self) -> dict[str, Any]:
        chosen = self.cleaned_data["selection"] or {}
        if not isinstance(chosen, dict):
            raise forms.ValidationError('Filters by name, for example {"line_type": "mobile"}.')
        try:
            selection.contacts(chosen)
        except selection.SelectionRefused as why:
            raise forms.ValidationError(str(why)) from why
        return chosen


@admin.register(Upkeep)
class UpkeepAdmin(ModelAdmin):
    form = UpkeepForm
    list_display = ("name", "recipe", "state", "monthly_cap_usd", "after_days", "looked_at", "note")
    list_select_related = ("recipe",)
    list_per_page = 50
    show_full_result_count = False
    readonly_fields = ("left", "looked_at", "note")

    @display(description="State", label={"on": "success", "off": ""})
    def state(self, upkeep: Upkeep) -> tuple[str, str]:
        return ("on", "On") if upkeep.is_on else ("off", "Off")

    @display(description="Left of this month")
    def left(self, upkeep: Upkeep) -> SafeString | str:
        return usd(left_of_month(upkeep)) if upkeep.pk else "-"

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **more: Any) -> Any:
        if db_field.name == "recipe":
            more["queryset"] = Recipe.objects.filter(is_archived=False)
        return super().formfield_for_foreignkey(db_field, request, **more)
