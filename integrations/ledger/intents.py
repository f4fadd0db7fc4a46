"""What the ledger is told: a question about to be asked, and a call that ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from integrations.calls import Call

ZERO = Decimal(0)


@dataclass(slots=True)
class Intent:
    """A question that is about to be asked, at `price_usd` at the most.

    `questions` are the question's keys by lookup; None of what no answer is kept of (an act).
    """

    call_key: UUID
    request_id: UUID
    account_id: int
    provider: str
    questions: Mapping[str, UUID | None]
    price_usd: Decimal
    contact_id: int | None = None
    run_id: int | None = None
    is_sandbox: bool = False
    caps: tuple[tuple[str, Decimal | None], ...] = ()


@dataclass(slots=True)
class Verdict:
    """What became of intents, by call key: the rest was granted."""

    in_flight: set[UUID] = field(default_factory=set)
    over: dict[UUID, str] = field(default_factory=dict)


@dataclass(slots=True)
class Settled:
    """A call that ended. `parts` are (lookup, "hit" | "miss" | "error", price) per lookup."""

    call: Call
    intents: Sequence[Intent]
    outcome: str
    parts: Sequence[tuple[str, str, Decimal]]

    @property
    def price_usd(self) -> Decimal:
        return sum((price for _, _, price in self.parts), ZERO)


def keys_of(intents: Iterable[Intent]) -> list[str]:
    """Return the call keys and the request ids as two arrays in PostgreSQL's own words.

    psycopg takes ten times as long to write a list of UUIDs, and there are some for every call.
    """
    pairs = [(str(intent.call_key), str(intent.request_id)) for intent in intents]
    return ["{" + ",".join(column) + "}" for column in zip(*pairs, strict=True)]
