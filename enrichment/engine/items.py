"""What the engine holds in hand: a run as workers see it, an item, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from enrichment import golden, inputs
from enrichment.planner import Plan
from enrichment.survivorship import FILE, PERSON, Claim, Standing, claims_of, settle
from integrations.errors import CallError

ZERO = Decimal(0)
UNRANKED = 99  # a lookup that supplies a field by the way

Ending = Literal["done", "failed", "dead", "released", "applied"]


class CutShort(Exception):
    """An item cannot go on now: why, and which provider said so."""

    def __init__(self, error: CallError, provider: str) -> None:
        super().__init__(str(error))
        self.error = error
        self.provider = provider


@dataclass(frozen=True, slots=True)
class RunView:
    """A run at work: its plan against the accounts of the moment.

    `correlation_id` is that of its approval. An answer older than the plan's `fresh_days` does not
    count in it, however long it is good elsewhere. `inputs` is what its lookups may be asked about,
    `company_fields` what of a company they need or supply: none where nothing is to be read.
    """

    id: int
    is_sandbox: bool
    plan: Plan
    has_suspects: bool = False
    correlation_id: str = ""
    inputs: frozenset[str] = frozenset({"phone"})
    company_fields: tuple[str, ...] = ()
    providers: frozenset[str] = frozenset()

    @property
    def has_one_provider(self) -> bool:
        """Tell whether nobody else could be asked when a provider cannot."""
        return len(self.providers) < 2

    @property
    def budget_key(self) -> str:
        return f"run:{self.id}"

    def counts(self, known: Outcome) -> bool:
        """Tell whether an earlier answer is young enough; a held one always stands."""
        most = self.plan.fresh_days.get(known.lookup)
        if most is None or known.error or known.kind == "pending":
            return True
        age = datetime.now(UTC) - datetime.fromisoformat(known.observed_at)
        return age < timedelta(days=most)

    def rank(self, field: str, slug: str) -> int:
        """Return the place of a lookup among those that the recipe asks for a field, 0 first."""
        return self.plan.ranks.get((field, slug), UNRANKED)


@dataclass(slots=True)
class Outcome:
    """What one lookup came to for one item.

    `kind` is "hit", "miss", "error", or "pending" until `due_at`, when it is to be asked for by
    the ticket; a reused answer was bought earlier or by another item.
    """

    lookup: str
    kind: Literal["hit", "miss", "error", "pending"]
    facts: Mapping[str, tuple[Any, float]] = field(default_factory=dict)
    observed_at: str = ""
    answer: str = ""
    usd: Decimal = ZERO
    is_reused: bool = False
    error: CallError | None = None
    ticket: str = ""
    due_at: datetime | None = None

    def trace(self) -> dict[str, str]:
        """Return the entry of the item's trace."""
        is_bought = self.is_reused and not self.error and self.kind != "pending"
        entry: dict[str, str] = {"o": "reused" if is_bought else self.kind}
        if self.usd:
            entry["usd"] = str(self.usd)
        if self.answer:
            entry["a"] = self.answer
        if self.error:
            entry["why"] = f"{type(self.error).__name__}: {self.error}"[:200]
        return entry


@dataclass(frozen=True, slots=True)
class Firm:
    """A contact's company as read at the claim; values and provenance by "company.<column>"."""

    id: int
    values: Mapping[str, Any]
    provenance: Mapping[str, dict[str, Any]]


@dataclass(slots=True, eq=False)
class Item:
    """A claimed run item with its contact as read at the claim.

    `said` holds what was claimed in this run, by field; `changes` what the fields stand on now.
    `paid_usd` is what the item has cost before the claim, `cost_usd` since. `pending` are lookups
    whose answer comes later, `closed` the providers that could not be asked.
    """

    id: int
    run: RunView
    contact_id: int
    tries: int
    trace: dict[str, dict[str, str]]
    revision: int
    values: dict[str, Any]
    provenance: dict[str, dict[str, Any]]
    known: dict[str, str]

    company: Firm | None = None
    sure: dict[str, float] = field(default_factory=dict)
    said: dict[str, list[Claim]] = field(default_factory=dict)
    changes: dict[str, Standing] = field(default_factory=dict)
    paid_usd: Decimal = ZERO
    cost_usd: Decimal = ZERO
    asked: set[str] = field(default_factory=set)
    pending: dict[str, datetime] = field(default_factory=dict)
    closed: dict[str, CallError] = field(default_factory=dict)

    def settle(self, name: str) -> None:
        """Let a field stand on what was there and what was said since."""
        before, said = self.stood_on(name), self.said[name]
        standing = settle([*before, *said] if before else said)
        assert standing is not None
        if written := inputs.text(name, standing.claim.value):
            self.known[name] = written
        else:
            self.known.pop(name, None)
        if name == "phone_is_valid" and standing.claim.value is False:
            self.known.pop("phone", None)
        told: Standing | None = standing
        if before:
            told = settle([*(one for one in before if one.speaker in (PERSON, FILE)), *said])
        self.sure[name] = told.sure if told else 0.0
        if not golden.is_of_company(name) and not standing.claim.is_human:
            self.changes[name] = standing

    def stood_on(self, name: str) -> list[Claim]:
        """Return the claims of earlier that a field stands on."""
        if not golden.is_of_company(name):
            return claims_of(self.values[name], self.provenance.get(name))
        if self.company is None:
            return []
        return claims_of(self.company.values.get(name), self.company.provenance.get(name))


@dataclass(slots=True)
class Finished:
    """An item that leaves the worker's hands; an `applied` one was in nobody's.

    `released` items wait again from `due_at`, `parked_by` the name of a provider where that has to
    recover; `holds_run` when its whole run has to wait with it. `blocks` names who has to act
    before the run can go on ("account:3", "run:7"), with the reason in words.
    """

    item: Item
    ending: Ending
    error: str = ""
    due_at: datetime | None = None
    is_try: bool = True
    blocks: str = ""
    parked_by: str = ""
    holds_run: bool = False


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
    ticket: str = ""
    due_at: datetime | None = None
