"""The form that has domains looked at: one, or a list of them."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanSwitchWidget

from enrichment.leads import scans


class ScanForm(forms.Form):
    """Domains as they are typed or pasted; `found` and `refused` are what they come to."""

    domains = forms.CharField(
        label="Domains",
        max_length=1_000_000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8, "placeholder": "acme.com"}),
        help_text="One or many, with spaces, commas or line breaks between. Addresses of pages and "
        "mailboxes are read for their domain.",
        error_messages={"required": "Type or paste at least one domain, like acme.com."},
    )
    is_forced = forms.BooleanField(
        label="Ask anew what is still fresh",
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text="Off, answers that are still fresh are used again.",
    )
    found: list[str]
    refused: list[tuple[str, str]]

    def clean_domains(self) -> str:
        text: str = self.cleaned_data["domains"]
        self.found, self.refused = scans.read_domains(text)
        if not self.found:
            shown = "; ".join(f"{typed} {why}" for typed, why in self.refused[:3])
            raise forms.ValidationError(f"None of this is a domain that can be looked at: {shown}.")
        if len(self.found) > scans.MOST:
            raise forms.ValidationError(
                f"These are {len(self.found):,} domains; a scan takes {scans.MOST:,} at most."
            )
        return text

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["domains"].widget.attrs["aria-describedby"] = "id_domains_helptext"
