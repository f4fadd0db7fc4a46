"""What listings say of companies: claims of the search, settled under the company's lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import structlog

from enrichment import firms, golden
from enrichment.firms import Firm
from enrichment.models import DiscoveryFind
from enrichment.survivorship import Claim
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


def tell(finds: Iterable[DiscoveryFind]) -> None:
    """Write what finds say of their companies, in the caller's transaction; locks in id order."""
    said = [find for find in finds if find.company_id]
    told = firms.locked({find.company_id for find in said if find.company_id}, COLUMNS)
    for find in said:
        if firm := told.get(find.company_id or 0):
            _hear(firm, find)
    firms.settle_and_write(told.values())


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
    here, there = _postal_code(firm), str(listed.get("postal_code") or "")
    return not here or not there or here[:5] == there[:5]


def _postal_code(firm: Firm) -> str:
    """Return the place that the company stands for, as far as it is known by now."""
    said = firm.said.get("postal_code")
    return str(firm.values["postal_code"] or (said[0].value if said else ""))
