"""Consents and the sending rules in the back office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from contacts.admin.base import ToLookAt
from contacts.admin.pages import person
from contacts.phone import PhoneRefused, parse
from outreach.models import Consent, Rules


class ConsentForm(forms.ModelForm):  # type: ignore[type-arg] # generic for the type checker only
    phone = forms.CharField(
        max_length=40, help_text="Such as +1 212 555 0100", widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = Consent
        fields = ("phone", "channel", "source", "given_on", "proof")

    def clean_phone(self) -> str:
        """Read the number as people write it."""
        try:
            return parse(self.cleaned_data["phone"], settings.DEFAULT_REGION).e164
        except PhoneRefused as why:
            raise forms.ValidationError(f"That is no phone number: {why}.") from why


@admin.register(Consent)
class ConsentAdmin(ToLookAt):
    form = ConsentForm
    list_display = ("phone", "channel", "source", "given_on", "proof", "is_standing")
    list_filter = ("channel",)
    search_fields = ("phone__startswith",)
    search_help_text = "The beginning of a number, such as +1212"
    list_select_related = ("by",)
    change_list_template = "contacts/list.html"
    empty_title = "Nobody's consent is noted yet"
    empty_words = (
        "Who agreed to be written to or called stands here by number, with when and how. By the"
        " sending rules nobody else is contacted; what an import says of it counts as well."
    )
    empty_act = "Note the first consent"
    fields = ("phone", "channel", "source", "given_on", "proof")
    actions = ("withdraw",)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return bool(ModelAdmin.has_add_permission(self, request))

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outreach.change_consent")

    def save_model(self, request: HttpRequest, obj: Consent, form: Any, change: bool) -> None:
        obj.by = person(request)
        super().save_model(request, obj, form, change)

    @admin.action(description="Withdraw: they no longer allow anything", permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, rows: QuerySet[Consent]) -> None:
        count = rows.filter(withdrawn_at=None).update(withdrawn_at=timezone.now())
        messages.success(request, f"{count} withdrawn.")

    @display(description="Stands", boolean=True)
    def is_standing(self, row: Consent) -> bool:
        return row.withdrawn_at is None


@admin.register(Rules)
class RulesAdmin(ModelAdmin):
    """One row; the list leads to it."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        """Lead to the one row; who may not see it is told so there."""
        return redirect(reverse("admin:outreach_rules_change", args=[1]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.user.has_perm("outreach.change_rules"):
            Rules.objects.get_or_create(pk=1)
        answer: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        return answer
