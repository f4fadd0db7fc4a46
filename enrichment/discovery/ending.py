"""Putting a discovery's finds together: each business once, those with a phone as an import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from contacts.importing import own_rows
from contacts.models import Import
from enrichment.discovery import grouping
from enrichment.discovery.listing import own_domain, read_phone
from enrichment.models import Discovery, DiscoveryFind, DiscoveryPlace, Fate

ORIGIN = "discovery"
HEADER = (
    "Phone", "Company", "Website", "Address", "City", "State", "Postal code", "Country", "Kind",
    "Found by",
)  # fmt: skip
MAPPING = {
    name: at
    for at, name in enumerate(
        ("phone", "company", "company_domain", "address_line", "city", "state", "postal_code",
         "country")
    )
}  # fmt: skip
CELLS = (
    "phone", "name", "website", "address_line", "city", "state", "postal_code", "country",
    "category",
)  # fmt: skip
FIRST_LINE = 2
_BLOCK = 500  # businesses at hand at a time, with what their listings say


@dataclass(slots=True)
class Business:
    """All listings of one business: the first one's id, and what they say together."""

    id: int
    cells: dict[str, str] = field(default_factory=dict)
    searches: list[str] = field(default_factory=list)
    is_closed: bool = False

    def add(self, listed: dict[str, Any], search: str) -> None:
        """Take a listing in; what an earlier one says stays, an unreadable number gives way."""
        self.is_closed = self.is_closed or bool(listed.get("is_closed"))
        if search not in self.searches:
            self.searches.append(search)
        for name in CELLS:
            said = str(listed.get(name, ""))
            if name == "website":
                said = own_domain(said)
            had = self.cells.get(name, "")
            if not had or (name == "phone" and not read_phone(had) and read_phone(said)):
                self.cells[name] = said

    @property
    def fate(self) -> str:
        """What becomes of it before any import; "" for one that goes into the import."""
        if self.is_closed:
            return Fate.CLOSED
        if self.cells.get("phone"):
            return ""
        named = self.cells.get("name") or self.cells.get("website")
        return Fate.COMPANY if named else Fate.REJECTED

    @property
    def row(self) -> list[str]:
        return [*(self.cells.get(name, "") for name in CELLS), " + ".join(self.searches)]


def end_searching(discovery_id: int) -> Import | None:
    """Once every place has ended: put the finds together and return the import made of them.

    Nothing while places are open or the discovery stands still. May be called twice.
    """
    with transaction.atomic():
        row = Discovery.objects.select_for_update().get(pk=discovery_id)
        if row.state != Discovery.State.WORKING or _open(row).exists():
            return None
        record = own_rows.take_in_rows(
            HEADER,
            (one.row for one in put_together(row)),
            mapping=MAPPING,
            name=f"Discovery {row.pk}: {row}",
            origin=ORIGIN,
            user=row.created_by,
        )
        row.record, row.state, row.reason = record, Discovery.State.IMPORTING, ""
        row.save(update_fields=["record", "state", "reason"])
    return record


def _open(row: Discovery) -> QuerySet[DiscoveryPlace]:
    return DiscoveryPlace.objects.filter(discovery=row, state__in=("waiting", "claimed"))


def put_together(row: Discovery, *, block: int = _BLOCK) -> Iterator[Business]:
    """Give every find its fate, or its line in the import; yield the businesses to be imported.

    Business by business, in the order of their first finds; never more than a block is at hand.
    """
    grouping.group(row, block=block)
    above, line = 0, FIRST_LINE
    firsts = DiscoveryFind.objects.filter(discovery=row, same_as=None).order_by("pk")
    while finds := list(firsts.filter(pk__gt=above)[:block]):
        above = finds[-1].pk
        businesses = _businesses(finds)
        for find in finds:
            find.fate = businesses[find.pk].fate
            if not find.fate:
                find.line, line = line, line + 1
        DiscoveryFind.objects.bulk_update(finds, ["fate", "line"], batch_size=500)
        yield from (one for one in businesses.values() if not one.fate)


def _businesses(firsts: Sequence[DiscoveryFind]) -> dict[int, Business]:
    """Return what all listings say of the businesses that these finds were the first of."""
    found = {find.pk: Business(find.pk) for find in firsts}
    for find in firsts:
        found[find.pk].add(find.business, find.search)
    later = DiscoveryFind.objects.filter(same_as__in=list(found)).order_by("pk")
    columns = later.values_list("same_as_id", "business", "search")
    for first, listed, search in columns.iterator(chunk_size=_BLOCK):
        found[first].add(listed, search)
    return found
