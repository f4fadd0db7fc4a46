"""What happens in this room that others may want to hear of, told where it happens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contacts import happenings
from enrichment.engine.items import Finished


def contacts_enriched(held: Sequence[Finished]) -> None:
    """Tell of the contacts that these items completed, in the transaction that completes them."""
    happenings.tell(
        happenings.CONTACT_ENRICHED,
        ((one.item.contact_id, {"run": one.item.run.id}) for one in held if one.ending == "done"),
    )


def runs_finished(ids: Iterable[int]) -> None:
    """Tell of runs that are done or cancelled, in the transaction that ends them."""
    happenings.tell(happenings.RUN_FINISHED, ((id_, {}) for id_ in ids))
