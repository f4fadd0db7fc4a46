"""The events that others can hear of: what each is called, what it says, and an example of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contacts import happenings
from enrichment.golden import COMPANY_NAMES, NAMES

OF_CONTACT = ("id", "phone", "external_id", "status", "quality_score", *NAMES)
OF_COMPANY = ("id", *COMPANY_NAMES)


@dataclass(frozen=True, slots=True)
class Event:
    """One kind; `plural` names many of them; one that nobody tells yet is not offered."""

    kind: str
    label: str
    plural: str
    example: Mapping[str, Any]
    is_told: bool = True

    def paths(self) -> frozenset[str]:
        """Return what a term may ask about, "contact.state"."""
        found = set(_paths(self.example))
        if "contact" in self.example:
            found |= {f"contact.{name}" for name in OF_CONTACT}
            found |= {f"contact.company.{name}" for name in OF_COMPANY}
        return frozenset(found)


def _paths(said: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for name, value in said.items():
        if isinstance(value, Mapping):
            yield from _paths(value, f"{before}{name}.")
        else:
            yield f"{before}{name}"


CONTACT = {
    "id": 1, "phone": "+12125550100", "status": "completed", "first_name": "Ada",
    "last_name": "Example", "full_name": "Ada Example", "email": "ada@acme.test",
    "line_type": "mobile", "city": "New York", "state": "NY", "country": "US",
    "company": {"id": 1, "name": "Acme", "domain": "acme.test"},
}  # fmt: skip
RUN = {
    "id": 1, "name": "Spring", "state": "done", "total": 1000, "done": 990, "failed": 10,
    "spent_usd": "12.5000",
}  # fmt: skip
IMPORT = {
    "id": 1, "name": "people.csv", "state": "done", "created": 900, "updated": 50, "repeated": 20,
    "skipped": 10, "rejected": 20, "error": "",
}  # fmt: skip
MESSAGE = {"id": 1, "contact": 1, "channel": "sms", "status": "delivered", "error": ""}
BUDGET = {
    "of": "run", "id": 1, "period": "", "cap_usd": "20", "percent": 80, "used_percent": 81.5,
    "words": "Spring: $16.30 of $20.00 are spent or promised (82 %).",
}  # fmt: skip
CIRCUIT = {
    "provider": "twilio", "is_sandbox": False,
    "words": "The circuit of Twilio is open: five calls in a row failed.",
}  # fmt: skip
EVENTS = {
    event.kind: event
    for event in (
        Event(happenings.CONTACT_ENRICHED, "Contact enriched", "contacts enriched",
              {"contact": CONTACT, "run": 1}),
        Event(happenings.RUN_FINISHED, "Run finished", "runs finished", {"run": RUN}),
        Event(happenings.IMPORT_FINISHED, "Import finished", "imports finished",
              {"import": IMPORT}),
        Event(happenings.MESSAGE_STATUS, "Message status", "messages moved on",
              {"message": MESSAGE}),
        Event(happenings.BUDGET_REACHED, "Budget reached 80 or 100 %", "budgets reached",
              {"budget": BUDGET}),
        Event(happenings.CIRCUIT_OPENED, "Circuit opened", "circuits opened",
              {"circuit": CIRCUIT}),
        Event(happenings.CIRCUIT_CLOSED, "Circuit closed", "circuits closed",
              {"circuit": CIRCUIT}),
        # Nobody looks for duplicates yet.
        Event(happenings.DUPLICATE_FOUND, "Duplicate found", "duplicates found",
              {"contact": CONTACT}, is_told=False),
    )
}  # fmt: skip
OFFERED = [(event.kind, event.label) for event in EVENTS.values() if event.is_told]


def label_of(kind: str) -> str:
    event = EVENTS.get(kind)
    return event.label if event else kind
