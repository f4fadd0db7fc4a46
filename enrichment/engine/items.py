"""What the engine holds in hand: a run as workers see it, an item, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from enrichment.planner import Plan
from enrichment.survivorship import Claim
from integrations.errors import CallError

ZERO = Decimal(0)

Ending = Literal["done", "failed", "dead", "released"]


class CutShort(Exception):
    """An item cannot go on now: why, and which provider said so."""

    def __init__(self, error: CallError, provider: str) -> None:
        super().__init__(str(error))
        self.error = error
        self.provider = provider


@dataclass(frozen=True, slots=True)
class RunView:
    """A run at work: its plan against the accounts of the moment.

    `correlation_id` is that of its approval. An answer older than `fresh_days` does not count in
    it, however long it is good elsewhere.
    """

    id: int
    is_sandbox: bool
    plan: Plan
    has_suspects: bool = False
    correlation_id: str = ""
    fresh_days: int | None = None

    @property
    def budget_key(self) -> str:
        return f"run:{self.id}"

    def counts(self, known: Outcome) -> bool:
        """Tell whether an earlier answer is young enough; a held one always stands."""
        if self.fresh_days is None or known.error:
            return True
        age = datetime.now(UTC) - datetime.fromisoformat(known.observed_at)
        return age < timedelta(days=self.fresh_days)


@dataclass(slots=True)
class Outcome:
    """What one lookup came to for one item.

    `kind` is "hit", "miss" or "error"; a reused answer was bought earlier or by another item.
    """

    lookup: str
    kind: Literal["hit", "miss", "error"]
    facts: Mapping[str, tuple[Any, float]] = field(default_factory=dict)
    observed_at: str = ""
    answer: str = ""
    usd: Decimal = ZERO
    is_reused: bool = False
    error: CallError | None = None

    def trace(self) -> dict[str, str]:
        """Return the entry of the item's trace."""
        entry: dict[str, str] = {"o": "reused" if self.is_reused and not self.error else self.kind}
        if self.usd:
            entry["usd"] = str(self.usd)
        if self.answer:
            entry["a"] = self.answer
        if self.error:
            entry["why"] = f"{type(self.error).__name__}: {self.error}"[:200]
        return entry


@dataclass(slots=True, eq=False)
class Item:
    """A claimed run item with its contact as read at the claim."""

    id: int
    run: RunView
    contact_id: int
    tries: int
    trace: dict[str, dict[str, str]]
    revision: int
    values: dict[str, Any]
    provenance: dict[str, dict[str, Any]]
    known: dict[str, str]

    sure: dict[str, float] = field(default_factory=dict)
    changes: dict[str, Claim] = field(default_factory=dict)
    cost_usd: Decimal = ZERO
    asked: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Finished:
    """An item that leaves the worker's hands.

    `released` items wait again from `due_at`; `blocks` names who has to act before the run can go
    on ("account:3", "run:7"), with the reason in words.
    """

    item: Item
    ending: Ending
    error: str = ""
    due_at: datetime | None = None
    is_try: bool = True
    blocks: str = ""


@dataclass(slots=True)
class AnswerRow:
    """An answer on its way to the database."""

    id: UUID
    question_key: UUID
    lookup: str
    request_id: UUID
    outcome: str
    facts: Mapping[str, tuple[Any, float]]
    raw: Any
    price_usd: Decimal
    is_sandbox: bool
    observed_at: datetime
    expires_at: datetime
