"""What events mean for us: a function for each kind that we read, which may be called again."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from enrichment import answering
from integrations.providers.verizon.results import result_of
from webhooks.models import Delivery

Meaning = Callable[[Delivery], str]


def meaning_of(sender: str, kind: str) -> Meaning | None:
    """Return what is done about an event; None where nobody reads it."""
    return MEANINGS.get((sender, kind))


def verizon_result(row: Delivery) -> str:
    """Give Verizon's result to the items that wait for its ticket."""
    found = result_of(row.payload)
    if found is None:
        return "Verizon is still at it"
    count = answering.answer_by_ticket(
        "verizon.fixed_wireless", found.request_id, found.facts, row.payload
    )
    return f"{count} waited for it" if count else "nobody waits for it any more"


MEANINGS: Mapping[tuple[str, str], Meaning] = {
    ("verizon", "result"): verizon_result,
}
