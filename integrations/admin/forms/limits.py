"""How fast an account may be asked: calls a second, a minute, a day, and at the same time."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from integrations.admin.forms.section import Section

WINDOWS = {"per_second": 1.0, "per_minute": 60.0, "per_day": 86_400.0}
MOST = 1_000  # connections that a worker process keeps (`client.CONNECTIONS`)


def _count(label: str, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=most,
        widget=UnfoldAdminIntegerFieldWidget(),
        error_messages={
            "min_value": "At least 1; to ask nothing at all, switch the account off.",
            "invalid": "Write a whole number, or nothing for the provider's own limit.",
        },
    )


class LimitsForm(Section):
    """A blank field holds the provider's own limit; windows of other lengths are kept as set."""

    name = "limits"
    title = "Limits"
    blank = "the provider's own"

    per_second = _count("Calls a second", 100_000)
    per_minute = _count("Calls a minute", 1_000_000)
    per_day = _count("Calls a day", 1_000_000_000)
    max_in_flight = _count("At the same time", MOST)

    def add_fields(self) -> None:
        own: dict[str, Any] = {**self._own(), "max_in_flight": self.of.max_in_flight}
        for name, field in self.fields.items():
            limit = f"{own[name]:,}" if own.get(name) else "no limit"
            field.help_text = f"Blank: the provider's own, {limit}."

    def current(self) -> dict[str, Any]:
        own = self._own()
        kept = {float(per): int(count) for count, per in self.account.limits or ()}
        found = {name: kept.get(per) for name, per in WINDOWS.items()}
        return {
            **{name: None if count == own.get(name) else count for name, count in found.items()},
            "max_in_flight": self.account.max_in_flight,
        }

    def apply(self, changed: dict[str, Any]) -> None:
        held = {**self.now, **changed}
        others = [
            [count, per] for count, per in self.account.limits or ()
            if float(per) not in WINDOWS.values()
        ]  # fmt: skip
        mine = {WINDOWS[name]: held[name] for name in WINDOWS if held[name]}
        self.account.limits = None
        if mine or others:
            whole = {**{WINDOWS[name]: count for name, count in self._own().items()}, **mine}
            self.account.limits = [[count, per] for per, count in sorted(whole.items())] + others
        self.account.max_in_flight = held["max_in_flight"]
        self.account.save(update_fields=["limits", "max_in_flight", "updated_at"])

    def _own(self) -> dict[str, int]:
        """Return the provider's own limits for the windows that the form knows."""
        names = {per: name for name, per in WINDOWS.items()}
        windows = self.of.rate.windows() if self.of.rate else ()
        return {names[per]: count for count, per in windows if per in names}
