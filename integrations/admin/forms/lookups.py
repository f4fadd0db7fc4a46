"""Which of the provider's lookups are switched on, at what price, and how long answers are good."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldBooleanSwitchWidget,
)

from integrations.admin.forms.section import Row, Section, usd
from integrations.models import AccountLookup
from integrations.provider import Lookup

ON, PRICE, FRESH = "on_", "price_", "fresh_"


@dataclass(frozen=True, slots=True)
class LookupRows:
    """One lookup with its three fields, and where its price is from."""

    lookup: Lookup
    on: Row
    price: Row
    fresh: Row
    is_own_price: bool
    price_usd: Decimal


class LookupsForm(Section):
    """A row is kept only where it differs from what the provider's file says."""

    name = "lookups"
    title = "Lookups and prices"
    template = "integrations/account/_lookups.html"
    blank = "the default"

    def current(self) -> dict[str, Any]:
        self.kept = {row.name: row for row in self.account.lookups.all()}
        held: dict[str, Any] = {}
        for name, lookup in self.of.lookups.items():
            row = self.kept.get(name)
            held[ON + name] = row.is_enabled if row else lookup.is_on_by_default
            held[PRICE + name] = row.price_usd if row else None
            held[FRESH + name] = row.fresh_days if row else None
        return held

    def add_fields(self) -> None:
        for name, lookup in self.of.lookups.items():
            self.fields[ON + name] = forms.BooleanField(
                label=f"{lookup.label}: on", required=False, widget=UnfoldBooleanSwitchWidget()
            )
            self.fields[PRICE + name] = forms.DecimalField(
                label=f"{lookup.label}: price", required=False, min_value=0, max_digits=14,
                decimal_places=6, widget=UnfoldAdminDecimalFieldWidget(),
                error_messages={"invalid": "Write an amount in US dollars, such as 0.008.",
                                "min_value": "A price is not below 0."},
            )  # fmt: skip
            self.fields[FRESH + name] = forms.IntegerField(
                label=f"{lookup.label}: days fresh", required=False, min_value=0, max_value=3650,
                widget=UnfoldAdminIntegerFieldWidget(),
                error_messages={"invalid": "Write a whole number of days.",
                                "min_value": "Write 0 to ask again every time.",
                                "max_value": "Ten years (3650) at the most."},
            )  # fmt: skip
            for prefix, own in ((PRICE, f"{lookup.price.usd.normalize():f}"),
                                (FRESH, lookup.fresh_for.days)):  # fmt: skip
                self.fields[prefix + name].widget.attrs["placeholder"] = own
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label

    @property
    def lookups(self) -> list[LookupRows]:
        rows = {row.field.name: row for row in self.rows}
        return [
            LookupRows(
                lookup, rows[ON + name], rows[PRICE + name], rows[FRESH + name],
                self.now[PRICE + name] is not None,
                lookup.price.usd if self.now[PRICE + name] is None else self.now[PRICE + name],
            )
            for name, lookup in self.of.lookups.items()
        ]  # fmt: skip

    def shown(self, name: str, value: Any) -> str:
        if name.startswith(PRICE):
            default = self.of.lookups[name.removeprefix(PRICE)].price.usd
            return usd(value, f"{usd(default, '')} (default)")
        if name.startswith(FRESH) and value is None:
            return f"{self.of.lookups[name.removeprefix(FRESH)].fresh_for.days} (default)"
        return super().shown(name, value)

    def apply(self, changed: dict[str, Any]) -> None:
        held = {**self.now, **changed}
        for name in dict.fromkeys(key.partition("_")[2] for key in changed):
            self._write(name, held[ON + name], held[PRICE + name], held[FRESH + name])

    def _write(self, name: str, is_on: bool, price: Decimal | None, fresh: int | None) -> None:
        if (is_on, price, fresh) == (self.of.lookups[name].is_on_by_default, None, None):
            self.account.lookups.filter(name=name).delete()
            return
        AccountLookup.objects.update_or_create(
            account=self.account,
            name=name,
            defaults={"is_enabled": is_on, "price_usd": price, "fresh_days": fresh},
        )
