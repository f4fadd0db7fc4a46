"""The back office of upkeep: which recipes are asked again by themselves, and for how much."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from contacts import selection
from contacts.admin.meanwhile import Meanwhile
from enrichment.keeping_up import left_of_month
from enrichment.models import Recipe, Upkeep
from enrichment.wording import plain
from integrations.money import usd


class UpkeepForm(Meanwhile, forms.ModelForm):  # type: ignore[type-arg]
    """An upkeep whose contacts are named as in the address of their list."""

    which = forms.CharField(
        label="Which contacts",
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Filter the list of contacts and paste its address here, or what stands behind"
        " the question mark in it: line_type=mobile. Empty for all contacts.",
    )

    class Meta:
        model = Upkeep
        fields = ("name", "recipe", "after_days", "monthly_cap_usd", "is_on")
        labels = {
            "after_days": "Asked again after, in days",
            "monthly_cap_usd": "Spends a month at most, in US dollars",
            "is_on": "On",
        }
        help_texts = {"is_on": "While it is on, it makes and approves a run a day at most."}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["which"].initial = selection.as_query(self.instance.selection)
        if self.instance.pk:
            self.initial["monthly_cap_usd"] = plain(self.instance.monthly_cap_usd)

    def clean_which(self) -> dict[str, Any]:
        """Return the selection; a filter that means nothing is refused."""
        try:
            return selection.of_address(self.cleaned_data["which"])
        except selection.SelectionRefused as refused:
            raise forms.ValidationError(str(refused)) from None

    def clean_monthly_cap_usd(self) -> Decimal:
        cap: Decimal = self.cleaned_data["monthly_cap_usd"]
        if cap < 0:
            raise forms.ValidationError("A cap is not below 0. With 0 nothing is paid for.")
        return cap

    def clean_after_days(self) -> int:
        days: int = self.cleaned_data["after_days"]
        if days < 1:
            raise forms.ValidationError("At least 1 day.")
        return days

    def save(self, commit: bool = True) -> Any:
        self.instance.selection = self.cleaned_data["which"]
        return super().save(commit)


@admin.register(Upkeep)
class UpkeepAdmin(ModelAdmin):
    form = UpkeepForm
    change_form_before_template = "contacts/seen.html"
    list_display = ("name", "recipe", "contacts", "state", "cap", "after", "looked_at", "note")
    fields = ("name", "recipe", "which", "after_days", "monthly_cap_usd", "is_on")
    list_select_related = ("recipe",)
    list_per_page = 50
    show_full_result_count = False
    change_list_template = "contacts/list.html"
    empty_title = "Nothing is kept up yet"
    empty_words = (
        "An upkeep asks a recipe again, by itself, for contacts whose fields have gone stale,"
        " and spends no more than you let it in a month."
    )
    empty_act = "Set up the first upkeep"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.fields, *self.get_readonly_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("left", "looked_at", "note") if obj else ()

    @display(description="Contacts")
    def contacts(self, upkeep: Upkeep) -> str:
        return selection.in_words(upkeep.selection)

    @display(description="Monthly cap", ordering="monthly_cap_usd")
    def cap(self, upkeep: Upkeep) -> str:
        return usd(upkeep.monthly_cap_usd)

    @display(description="Asked again after", ordering="after_days")
    def after(self, upkeep: Upkeep) -> str:
        return f"{upkeep.after_days} day{'' if upkeep.after_days == 1 else 's'}"

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
