"""What an account may spend a day and a month, and when an unknown outcome waits for a person."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from integrations.admin.forms.section import Section, usd


def _amount(label: str, help_text: str, *, required: bool = False) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        required=required,
        min_value=0,
        max_digits=14,
        decimal_places=6,
        widget=UnfoldAdminDecimalFieldWidget(),
        error_messages={
            "min_value": "An amount is not below 0.",
            "required": "Write an amount; 0 holds every paid call whose outcome is hidden.",
            "invalid": "Write an amount in US dollars, such as 20 or 0.50.",
        },
    )


class BudgetsForm(Section):
    """Caps in US dollars; days and months are UTC's."""

    name = "budgets"
    title = "Budgets"
    blank = "no cap"

    daily_cap_usd = _amount("Spend at most a day", "In US dollars. Blank: no cap.")
    monthly_cap_usd = _amount("Spend at most a month", "In US dollars. Blank: no cap.")
    hold_unknown_above_usd = _amount(
        "Hold unknown outcomes above",
        "A call may have been paid though no answer came. Dearer ones wait for a person to decide.",
        required=True,
    )

    def current(self) -> dict[str, Any]:
        return {name: getattr(self.account, name) for name in self.base_fields}

    def clean(self) -> dict[str, Any]:
        daily: Decimal | None = self.cleaned_data.get("daily_cap_usd")
        monthly: Decimal | None = self.cleaned_data.get("monthly_cap_usd")
        if daily is not None and monthly is not None and daily > monthly:
            self.add_error(
                "daily_cap_usd",
                f"More than the month's {usd(monthly, '')}: lower it, or raise that.",
            )
        return self.cleaned_data

    def shown(self, name: str, value: Any) -> str:
        return usd(value, self.blank)

    def apply(self, changed: dict[str, Any]) -> None:
        for name, value in changed.items():
            setattr(self.account, name, value)
        self.account.save(update_fields=[*changed, "updated_at"])
