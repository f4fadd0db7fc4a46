"""Which of the provider's lookups are switched on, at what price, and how long answers count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldBooleanSwitchWidget,
)

from integrations.admin.forms.section import Row, Section, usd
from integrations.models import Account, AccountLookup
from integrations.provider import Lookup

ON, PRICE, FRESH, MISS = "on_", "price_", "fresh_", "miss_"


def price_field(label: str, usd_each: Decimal) -> forms.DecimalField:
    """Return the field of a price, with the one that holds while it is empty."""
    field = forms.DecimalField(
        label=f"{label}: price", required=False, min_value=0, max_digits=14, decimal_places=6,
        widget=UnfoldAdminDecimalFieldWidget(),
        error_messages={"invalid": "Write an amount in US dollars, such as 0.008.",
                        "min_value": "A price is not below 0."},
    )  # fmt: skip
    field.widget.attrs |= {"placeholder": f"{usd_each.normalize():f}", "aria-label": field.label}
    return field


def _days_field(label: str, default: timedelta) -> forms.IntegerField:
    field = forms.IntegerField(
        label=label, required=False, min_value=0, max_value=3650,
        widget=UnfoldAdminIntegerFieldWidget(),
        error_messages={"invalid": "Write a whole number of days.",
                        "min_value": "Write 0 to ask again every time.",
                        "max_value": "Ten years (3650) at the most."},
    )  # fmt: skip
    field.widget.attrs |= {"placeholder": default.days, "aria-label": field.label}
    return field


@dataclass(frozen=True, slots=True)
class LookupRows:
    """One lookup with its four fields, and where its price is from."""

    lookup: Lookup
    on: Row
    price: Row
    fresh: Row
    miss: Row
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
            held[MISS + name] = row.miss_fresh_days if row else None
        return held

    def add_fields(self) -> None:
        for name, lookup in self.of.lookups.items():
            self.fields[ON + name] = forms.BooleanField(
                label=f"{lookup.label}: on", required=False, widget=UnfoldBooleanSwitchWidget()
            )
            self.fields[ON + name].widget.attrs["aria-label"] = self.fields[ON + name].label
            self.fields[PRICE + name] = price_field(lookup.label, lookup.price.usd)
            fresh, miss = f"{lookup.label}: days fresh", f"{lookup.label}: days a miss is believed"
            self.fields[FRESH + name] = _days_field(fresh, lookup.fresh_for)
            self.fields[MISS + name] = _days_field(miss, miss_default(lookup))

    @property
    def lookups(self) -> list[LookupRows]:
        rows = {row.field.name: row for row in self.rows}
        return [
            LookupRows(
                lookup, rows[ON + name], rows[PRICE + name], rows[FRESH + name], rows[MISS + name],
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
        if name.startswith(MISS) and value is None:
            return f"{miss_default(self.of.lookups[name.removeprefix(MISS)]).days} (default)"
        return super().shown(name, value)

    def apply(self, changed: dict[str, Any]) -> None:
        held = {**self.now, **changed}
        for name in dict.fromkeys(key.partition("_")[2] for key in changed):
            kept = {
                "is_enabled": held[ON + name], "price_usd": held[PRICE + name],
                "fresh_days": held[FRESH + name], "miss_fresh_days": held[MISS + name],
            }  # fmt: skip
            is_default = kept["is_enabled"] == self.of.lookups[name].is_on_by_default
            keep(self.account, name, None if is_default and _is_blank(kept) else kept)


def miss_default(lookup: Lookup) -> timedelta:
    """Return how long a miss is believed where nobody says otherwise."""
    return min(lookup.fresh_for, lookup.miss_fresh_for or lookup.fresh_for)


def keep(account: Account, name: str, kept: dict[str, Any] | None) -> None:
    """Write what an account says of a lookup or a search; None is nothing of its own."""
    if kept is None:
        account.lookups.filter(name=name).delete()
    else:
        AccountLookup.objects.update_or_create(account=account, name=name, defaults=kept)


def _is_blank(kept: dict[str, Any]) -> bool:
    return all(value is None for name, value in kept.items() if name != "is_enabled")
