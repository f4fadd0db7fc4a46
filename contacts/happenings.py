"""What happened, told in the transaction that makes it true, where somebody wants to hear of it.

A room that lets something happen tells it here, and knows nobody who listens. What is told stands
or falls with the teller's own transaction, so nothing is announced that was rolled back, and
nothing is lost that was committed.

A process knows for FRESH_S seconds what is wanted before it looks again. So of what happens within
FRESH_S after the first subscription to a kind was made, some may go unheard.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection

from contacts.models import Wish

CONTACT_ENRICHED = "contact.enriched"
RUN_FINISHED = "run.finished"
IMPORT_FINISHED = "import.finished"
DUPLICATE_FOUND = "duplicate.found"
MESSAGE_STATUS = "message.status"
BUDGET_REACHED = "budget.reached"
CIRCUIT_OPENED = "circuit.opened"
CIRCUIT_CLOSED = "circuit.closed"

FRESH_S = 2.0
# Whoever was told wrongly that a kind is wanted writes nothing.
TELL = """
INSERT INTO contacts_happening (kind, subject, facts)
SELECT %(kind)s, told.subject, told.facts
FROM json_to_recordset(%(told)s::json) AS told (subject text, facts jsonb)
WHERE EXISTS (SELECT FROM contacts_wish WHERE kind = %(kind)s)
"""

_wanted: tuple[float, frozenset[str]] = (0.0, frozenset())


def tell(kind: str, told: Iterable[tuple[object, Mapping[str, Any]]]) -> int:
    """Write down what happened to which subject; return how many were written, 0 if unwanted.

    Facts are JSON. One statement for all of them, none where nobody wants the kind.
    """
    if not is_wanted(kind):
        return 0
    rows = [{"subject": str(subject)[:80], "facts": facts} for subject, facts in told]
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(TELL, {"kind": kind, "told": json.dumps(rows)})
        return int(cursor.rowcount)


def is_wanted(kind: str) -> bool:
    """Tell whether anybody wanted to hear of such things, FRESH_S ago at the longest."""
    global _wanted  # noqa: PLW0603 - what a process knows
    until, kinds = _wanted
    if time.monotonic() >= until:
        kinds = frozenset(Wish.objects.values_list("kind", flat=True))
        _wanted = (time.monotonic() + FRESH_S, kinds)
    return kind in kinds


def want(kinds: Sequence[str]) -> None:
    """Have these kinds told from now on, and no others; in the caller's transaction."""
    Wish.objects.exclude(kind__in=kinds).delete()
    Wish.objects.bulk_create([Wish(kind=kind) for kind in kinds], ignore_conflicts=True)
    forget()


def forget() -> None:
    """Look at what is wanted anew the next time."""
    global _wanted  # noqa: PLW0603 - what a process knows
    _wanted = (0.0, frozenset())
