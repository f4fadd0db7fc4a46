"""What people type on a referral's page."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from contacts.importing.companies import name_key
from contacts.importing.websites import read_website
from contacts.models import Company

SEVERAL = "Several companies have this name. Type the domain of the one that you mean."
NONE = "There is no company of this name or domain. Make a lead instead, which makes one."


class LinkForm(forms.Form):
    """The company to link with: by its domain, or its name where only one has it."""

    company = forms.CharField(
        label="Company", max_length=255, widget=UnfoldAdminTextInputWidget(),
        help_text="Its domain or its name.",
        error_messages={"required": "Type the domain or the name of the company."},
    )  # fmt: skip

    def __init__(self, *args: Any, other: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if other:
            self.fields["company"].label = "Another company"

    def clean_company(self) -> int:
        """Return the company's id."""
        typed: str = self.cleaned_data["company"]
        domain, _ = read_website(typed)
        if domain and (found := Company.objects.filter(domain=domain).first()):
            return found.pk
        key = name_key(typed)
        named = list(Company.objects.filter(name_key=key).order_by("pk")[:2]) if key else []
        if len(named) > 1:
            raise forms.ValidationError(SEVERAL)
        if not named:
            raise forms.ValidationError(NONE)
        return named[0].pk


class LeadForm(forms.Form):
    name = forms.CharField(
        label="Name of the company", required=False, max_length=255,
        widget=UnfoldAdminTextInputWidget(),
        help_text="Left empty it is the customer's name, else the domain.",
    )  # fmt: skip
    notes = forms.CharField(
        label="Notes", required=False, max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="They become a note on the contact, before what the referral says itself.",
    )  # fmt: skip


class AnswerForm(forms.Form):
    """The reason is for declining; Partner Center shows it to whoever has sent the referral."""

    reason = forms.CharField(
        label="Reason", required=False, max_length=300,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="Partner Center shows it to whoever has sent the referral.",
    )  # fmt: skip

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["reason"]
