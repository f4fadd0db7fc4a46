"""What a page of each of the provider's searches for businesses costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from integrations.admin.forms.lookups import PRICE, keep, price_field
from integrations.admin.forms.section import Row, Section, usd
from integrations.search import Search


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One search with its price."""

    search: Search
    price: Row
    is_own_price: bool


class SearchesForm(Section):
    """A row is kept only where it differs from what the provider's file says."""

    name = "searches"
    title = "Searches and prices"
    template = "integrations/account/_searches.html"

    def current(self) -> dict[str, Any]:
        if not self.of.searches:
            return {}
        kept = {row.name: row.price_usd for row in self.account.lookups.all()}
        return {PRICE + name: kept.get(name) for name in self.of.searches}

    def add_fields(self) -> None:
        for name, search in self.of.searches.items():
            self.fields[PRICE + name] = price_field(search.label, search.price.usd)

    @property
    def searches(self) -> list[SearchRow]:
        rows = {row.field.name: row for row in self.rows}
        return [
            SearchRow(search, rows[PRICE + name], self.now[PRICE + name] is not None)
            for name, search in self.of.searches.items()
        ]

    def shown(self, name: str, value: Any) -> str:
        default = self.of.searches[name.removeprefix(PRICE)].price.usd
        return usd(value, f"{usd(default, '')} (default)")

    def apply(self, changed: dict[str, Any]) -> None:
        for name, price in changed.items():
            kept = None if price is None else {"is_enabled": True, "price_usd": price}
            keep(self.account, name.removeprefix(PRICE), kept)
