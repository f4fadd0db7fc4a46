"""What listings say of companies: claims of the search, settled under the company's lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from django.db import connection

from enrichment import golden
from enrichment.models import DiscoveryFind
from enrichment.survivorship import Claim, Standing, claims_of, settle
from integrations.errors import ContractBroken

log = structlog.get_logger(__name__)
# A guess: listings are kept by the firms themselves or their guests, and grow old.
SURE = 0.8
# Columns that speak of one place of business: of a firm with several, the first one's stay.
OF_PLACE = (
    "phone", "address_line", "city", "state", "postal_code", "country", "latitude", "longitude",
    "rating", "review_count",
)  # fmt: skip
OF_FIRM = ("category", "website")
IDS = {"google_places": "google_place_id", "yelp": "yelp_id"}
COLUMNS = (*OF_FIRM, *OF_PLACE, *IDS.values(), "is_closed")


@dataclass(slots=True)
class Firm:
    """A company under our lock: its columns and provenance, what is said, and what changes."""

    id: int
    values: dict[str, Any]
    provenance: dict[str, Any]
    said: defaultdict[str, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    changes: dict[str, Standing] = field(default_factory=dict)

    def settle(self) -> None:
        """Decide every column that something was said of; a person's word stays."""
        for name, claims in self.said.items():
            before = self.provenance.get(name)
            standing = settle([*claims_of(self.values[name], before), *claims])
            if standing is None or standing.claim.is_human or standing.provenance() == before:
                continue
            self.changes[name] = standing

    def postal_code(self) -> str:
        """Return the place that the company stands for, as far as it is known by now."""
        said = self.said.get("postal_code")
        return str(self.values["postal_code"] or (said[0].value if said else ""))


def tell(finds: Iterable[DiscoveryFind]) -> None:
    """Write what finds say of their companies, in the caller's transaction; locks in id order."""
    said = [find for find in finds if find.company_id]
    firms = _locked({find.company_id for find in said if find.company_id})
    for find in said:
        if firm := firms.get(find.company_id or 0):
            _hear(firm, find)
    for firm in firms.values():
        firm.settle()
    _write([firm for firm in firms.values() if firm.changes])


def _hear(firm: Firm, find: DiscoveryFind) -> None:
    listed = find.business
    names = [*OF_FIRM, "is_closed"]
    if _is_same_place(firm, listed):
        names += OF_PLACE
        listed = listed | {IDS.get(find.search.partition(".")[0], ""): listed.get("source_id")}
        names += IDS.values()
    for name in names:
        value = listed.get(name)
        if value in (None, ""):
            continue
        try:
            known = golden.coerce(f"{golden.OF_COMPANY}{name}", value)
        except ContractBroken as broken:
            log.info("listing_left_out", find=find.pk, why=str(broken))
            continue
        at = find.observed_at.isoformat(timespec="seconds")
        firm.said[name].append(Claim(known, find.search, SURE, at, str(find.answer_id)))


def _is_same_place(firm: Firm, listed: Mapping[str, Any]) -> bool:
    here, there = firm.postal_code(), str(listed.get("postal_code") or "")
    return not here or not there or here[:5] == there[:5]


def _locked(ids: Iterable[int]) -> dict[int, Firm]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, provenance::text, {', '.join(COLUMNS)} FROM contacts_company"
            " WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [sorted(ids)],
        )
        return {
            id_: Firm(id_, dict(zip(COLUMNS, values, strict=True)), orjson.loads(kept))
            for id_, kept, *values in cursor.fetchall()
        }


def _write(firms: Sequence[Firm]) -> None:
    if not firms:
        return
    columns = sorted({name for firm in firms for name in firm.changes})
    shape = ", ".join(f"{name} {golden.TYPES[golden.OF_COMPANY + name]}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE contacts_company AS c SET {', '.join(f'{n} = v.{n}' for n in columns)},"
            " provenance = v.provenance, revision = c.revision + 1, enriched_at = now(),"
            " updated_at = now()"
            f" FROM json_to_recordset(%s::json) AS v (id bigint, provenance jsonb, {shape})"
            " WHERE c.id = v.id",
            [orjson.dumps([_row(firm, columns) for firm in firms]).decode()],
        )


def _row(firm: Firm, columns: Sequence[str]) -> dict[str, Any]:
    row: dict[str, Any] = {name: firm.values[name] for name in columns}
    row |= {name: standing.claim.value for name, standing in firm.changes.items()}
    said = {name: standing.provenance() for name, standing in firm.changes.items()}
    return row | {"id": firm.id, "provenance": firm.provenance | said}
