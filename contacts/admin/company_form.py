"""The form of a company: its name and its domain."""

from __future__ import annotations

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from contacts.models import Company


class CompanyForm(forms.Form):
    """What a person may change, and the revision that they have seen."""

    name = forms.CharField(max_length=255, required=False, widget=UnfoldAdminTextInputWidget)
    domain = forms.CharField(
        max_length=253, required=False, widget=UnfoldAdminTextInputWidget,
        help_text="For example acme.test; it tells companies apart.",
    )  # fmt: skip
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def of(cls, company: Company) -> CompanyForm:
        return cls(
            initial={
                "name": company.name,
                "domain": company.domain or "",
                "revision": company.revision,
            }
        )

    def tell_conflict(self, current: Company) -> None:
        """Say how it stands now, keep what was typed, and let that be saved over it if wanted."""
        now = " · ".join(filter(None, (current.name, current.domain)))
        self.add_error(None, f"Somebody has changed it meanwhile. It is now: {now}. Save again to"
                             " replace that with what you have typed.")  # fmt: skip
        self.data = {**dict(self.data.items()), "revision": str(current.revision)}
