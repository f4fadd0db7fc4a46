"""What is typed for a campaign: what it is, and the most that it may spend."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from outreach.models import Campaign, Template

MINE = ("name", "template", "sender", "per_hour", "per_day", "opens", "closes", "ends_on")


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg] # generic for the type checker only
    class Meta:
        model = Campaign
        fields = MINE
        labels = {
            "sender": "Sent from", "per_hour": "At most an hour", "per_day": "At most a day",
            "opens": "Not before", "closes": "Not after", "ends_on": "Last day",
        }  # fmt: skip
        help_texts = {
            "template": "Its words are kept as they are now: later changes of it do not count.",
            "opens": "Where the contact is. The law's hours hold as well.",
            "closes": "Where the contact is.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usable = Template.objects.filter(archived_at=None)
        self.fields["template"].queryset = usable  # type: ignore[attr-defined]


class CapForm(forms.Form):
    """The most that may be spent; `seen` is when the estimate was made that was looked at."""

    cap_usd = forms.DecimalField(
        label="Spend at most, in US dollars", required=False, min_value=Decimal(0),
        max_digits=14, decimal_places=6,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"min": "0", "step": "any"}),
        error_messages={
            "min_value": "A cap cannot be negative.",
            "invalid": "That is not an amount of dollars, for example 12.50.",
        },
    )  # fmt: skip
    seen = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput())
