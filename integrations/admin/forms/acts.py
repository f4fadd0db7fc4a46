"""Which of the provider's acts may be performed, and what a unit of each costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from unfold.widgets import UnfoldBooleanSwitchWidget

from integrations.acts import Act
from integrations.admin.forms.lookups import ON, PRICE, keep, price_field
from integrations.admin.forms.section import Row, Section, usd


@dataclass(frozen=True, slots=True)
class ActRows:
    """One act with its two fields."""

    act: Act
    on: Row
    price: Row
    is_own_price: bool


class ActsForm(Section):
    """A row is kept only where it differs from what the provider's file says."""

    name = "acts"
    title = "What it does, and prices"
    template = "integrations/account/_acts.html"

    def current(self) -> dict[str, Any]:
        kept = {row.name: row for row in self.account.lookups.all()} if self.of.acts else {}
        held: dict[str, Any] = {}
        for name, act in self.of.acts.items():
            row = kept.get(name)
            held[ON + name] = row.is_enabled if row else act.is_on_by_default
            held[PRICE + name] = row.price_usd if row else None
        return held

    def add_fields(self) -> None:
        for name, act in self.of.acts.items():
            label = f"{act.label}: on"
            on = forms.BooleanField(label=label, required=False, widget=UnfoldBooleanSwitchWidget())
            on.widget.attrs["aria-label"] = label
            self.fields[ON + name] = on
            self.fields[PRICE + name] = price_field(act.label, act.price.usd)

    @property
    def acts(self) -> list[ActRows]:
        rows = {row.field.name: row for row in self.rows}
        return [
            ActRows(act, rows[ON + name], rows[PRICE + name], self.now[PRICE + name] is not None)
            for name, act in self.of.acts.items()
        ]

    def shown(self, name: str, value: Any) -> str:
        if not name.startswith(PRICE):
            return super().shown(name, value)
        default = self.of.acts[name.removeprefix(PRICE)].price.usd
        return usd(value, f"{usd(default, '')} (default)")

    def apply(self, changed: dict[str, Any]) -> None:
        held = {**self.now, **changed}
        for name in dict.fromkeys(key.partition("_")[2] for key in changed):
            kept = {"is_enabled": held[ON + name], "price_usd": held[PRICE + name]}
            default = {"is_enabled": self.of.acts[name].is_on_by_default, "price_usd": None}
            keep(self.account, name, None if kept == default else kept)
