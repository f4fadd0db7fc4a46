"""The cap of a run or a discovery: the form that asks for it, who may raise it, its words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from enrichment.models import Discovery, Run
from enrichment.wording import plain
from integrations.money import usd

NO_LIMIT = Decimal("Infinity")  # what an empty cap of a discovery comes to


class CapForm(forms.Form):
    """The most that may be spent; `seen` is when the estimate was made that was looked at."""

    cap_usd = forms.DecimalField(
        label="Spend at most, in US dollars",
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=6,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"min": "0", "step": "any"}),
        error_messages={
            "min_value": "A cap cannot be negative.",
            "invalid": "That is not an amount of dollars, for example 12.50.",
        },
    )
    seen = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput())

    def __init__(
        self,
        data: Any = None,
        *,
        row: Run | Discovery,
        proposed: Decimal | None,
        may_raise: bool = True,
    ) -> None:
        made_at = (row.estimate or {}).get("made_at", "")
        start = {"cap_usd": None if proposed is None else plain(proposed), "seen": made_at}
        super().__init__(data, initial=start)
        self.row, self.may_raise = row, may_raise

    @property
    def left_empty(self) -> str:
        """What an empty cap means, in a sentence."""
        if isinstance(self.row, Run):
            return "Left empty it stops at what the estimate says is the most."
        return "Left empty there is no cap: only the budgets of the accounts stop it."

    def clean_cap_usd(self) -> Decimal | None:
        wanted: Decimal | None = self.cleaned_data["cap_usd"]
        if not self.may_raise and _comes_to(self.row, wanted) > _comes_to(
            self.row, self.row.cap_usd
        ):
            what = self.row._meta.verbose_name_plural
            raise forms.ValidationError(f"More may be spent only by who may approve {what}.")
        return wanted


def _comes_to(row: Run | Discovery, cap_usd: Decimal | None) -> Decimal:
    """Return what may be spent; a run without a cap stops at its estimate's maximum."""
    if cap_usd is not None:
        return cap_usd
    return row.max_usd if isinstance(row, Run) else NO_LIMIT


def in_words(cap_usd: Decimal | None, otherwise: str = "no cap") -> str:
    return otherwise if cap_usd is None else f"a cap of {usd(cap_usd)}"
