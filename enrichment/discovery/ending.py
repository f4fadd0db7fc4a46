"""Putting a discovery's finds together: each business once, those with a phone as an import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from contacts.importing import own_rows
from contacts.models import Import
from enrichment.discovery.listing import Listing, keys_of, own_domain, read_phone
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
_BLOCK = 2_000


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
        businesses = put_together(row)
        record = own_rows.take_in_rows(
            HEADER,
            (one.row for one in businesses),
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


def put_together(row: Discovery) -> list[Business]:
    """Give every find its business or its fate; return the businesses that are to be imported."""
    listing, businesses = Listing(), dict[int, Business]()
    for block in _blocks(row):
        for find in block:
            keys = keys_of(find.business)
            before = listing.meet(find.pk, keys)
            first = before.id if before else find.pk
            businesses.setdefault(first, Business(first)).add(find.business, find.search)
            if before:
                find.same_as_id, find.fate = first, Fate.REPEATED
        DiscoveryFind.objects.bulk_update(
            [find for find in block if find.fate], ["same_as", "fate"]
        )
    importable = [one for one in businesses.values() if not one.fate]
    _write_fates(businesses.values(), importable)
    return importable


def _blocks(row: Discovery) -> Iterator[list[DiscoveryFind]]:
    above = 0
    finds = DiscoveryFind.objects.filter(discovery=row).order_by("pk")
    while block := list(finds.filter(pk__gt=above)[:_BLOCK]):
        yield block
        above = block[-1].pk


def _write_fates(every: Iterable[Business], importable: list[Business]) -> None:
    lines = [DiscoveryFind(pk=one.id, line=line) for line, one in enumerate(importable, FIRST_LINE)]
    DiscoveryFind.objects.bulk_update(lines, ["line"], batch_size=_BLOCK)
    for fate in (Fate.CLOSED, Fate.COMPANY, Fate.REJECTED):
        ids = [one.id for one in every if one.fate == fate]
        DiscoveryFind.objects.filter(pk__in=ids).update(fate=fate)


def finish(row: Discovery, state: str) -> None:
    """Move an open discovery to its last state."""
    Discovery.objects.filter(pk=row.pk).update(state=state, finished_at=Now(), blocked_by="")
