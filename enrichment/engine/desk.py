"""The desk: where a question is looked up among the answers, and else gets leave to be asked.

Requests of many items that arrive together are served in one transaction: fresh answers are
taken, the rest is reserved, and what another worker answered between the two is found by looking
once more. After that a request is either answered, granted, refused, or under way elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

import orjson
from django.db import connection

from contacts import leases
from enrichment.engine.items import ZERO, Item, Outcome
from integrations import ledger
from integrations.accounts import Accounts, Terms
from integrations.calls import AccountView
from integrations.errors import AccountUnusable, CallError, OutcomeHeld, OverBudget, RateReached
from integrations.lanes import Lane
from integrations.ledger import Intent
from integrations.provider import Ask, Question

GATHER_S = 0.008
PENDING_FOR = timedelta(days=1)


@dataclass(slots=True, eq=False)
class Request:
    """Questions of one item about one subject, with their keys, to be asked in one call.

    `taken_at` is when the provider took those that it answers later.
    """

    item: Item
    provider: str
    asks: Sequence[tuple[Ask, UUID]]
    call_key: UUID
    request_id: UUID

    view: AccountView | None = None
    terms: dict[str, Terms] = field(default_factory=dict)
    intent: Intent | None = None
    answered: dict[UUID, Outcome] = field(default_factory=dict)
    taken_at: dict[UUID, datetime] = field(default_factory=dict)
    error: CallError | None = None
    is_elsewhere: bool = False

    def open_asks(self) -> Sequence[tuple[Ask, UUID]]:
        """Return the asks without an answer yet."""
        if not self.answered:
            return self.asks
        return [(ask, key) for ask, key in self.asks if key not in self.answered]


class Desk:
    """One per engine; `serve` is called by many tasks and works for all of them at once."""

    def __init__(self, lane: Lane, accounts: Accounts, worker_id: UUID) -> None:
        self.worker_id = worker_id
        self._lane = lane
        self._accounts = accounts
        self._queue: list[tuple[Request, asyncio.Future[None]]] = []
        self._clerk: asyncio.Task[None] | None = None

    async def serve(self, request: Request) -> None:
        """Fill in the request. Raises only when the database stays away."""
        done = asyncio.get_running_loop().create_future()
        self._queue.append((request, done))
        if self._clerk is None:
            self._clerk = asyncio.create_task(self._work())
        await done

    async def join(self, requests: Sequence[Request]) -> None:
        """Put granted requests under the id of the first: they go out as one call."""
        request_id = requests[0].request_id
        intents = [request.intent for request in requests if request.intent]
        await self._lane.run(ledger.join, intents, request_id)
        for request in requests:
            request.request_id = request_id

    async def _work(self) -> None:
        try:
            while self._queue:
                await asyncio.sleep(GATHER_S)
                batch, self._queue = self._queue, []
                await self._serve(batch)
        finally:
            self._clerk = None

    async def _serve(self, batch: Sequence[tuple[Request, asyncio.Future[None]]]) -> None:
        try:
            await self._lane.run(
                serve, [request for request, _ in batch], self._accounts, self.worker_id
            )
        except Exception as failure:  # noqa: BLE001 - handed to every task that waits for it
            for _, done in batch:
                if not done.done():
                    done.set_exception(failure)
            return
        for _, done in batch:
            if not done.done():
                done.set_result(None)


def serve(requests: Sequence[Request], accounts: Accounts, worker_id: UUID) -> None:
    """Answer, grant or refuse each request, in one transaction."""
    accounts.refresh()
    is_lost = not leases.holds(worker_id)
    for request in requests:
        request.intent, request.is_elsewhere = None, False
        request.error = RateReached("this worker was declared lost") if is_lost else None
    if is_lost:
        return
    _take_answers(requests)
    today = datetime.now(UTC)
    wanting = [r for r in requests if not r.error and r.open_asks()]
    for request in wanting:
        _propose(request, accounts, today)
    proposed = {r.intent.call_key: r for r in wanting if r.intent}
    if not proposed:
        return
    verdict = ledger.reserve([r.intent for r in proposed.values() if r.intent], worker_id)
    for key, budget in verdict.over.items():
        proposed[key].error = OverBudget(f"the cap of {budget} leaves too little", code=budget)
    for key in verdict.in_flight:
        proposed[key].is_elsewhere = True
    granted = [r for r in proposed.values() if not r.error and not r.is_elsewhere]
    _take_answers(granted)
    needless = [r for r in granted if r.error or not r.open_asks()]
    ledger.release([r.intent for r in needless if r.intent])
    for request in [*needless, *(r for r in proposed.values() if r.error or r.is_elsewhere)]:
        request.intent = None


def _propose(request: Request, accounts: Accounts, now: datetime) -> None:
    item = request.item
    try:
        _check_mode(item, accounts)
        request.view = accounts.view(request.provider)
        current = accounts.current(request.provider)
    except CallError as why:
        request.error = why
        return
    asks = request.open_asks()
    request.terms = {ask.lookup.slug: accounts.terms(ask.lookup) for ask, _ in asks}
    prices = [
        request.terms[ask.lookup.slug].price.usd
        for ask, _ in asks
        if not is_paid(ask, request.terms[ask.lookup.slug])
    ]
    of_account = ledger.account_caps(
        current.id, current.daily_cap_usd, current.monthly_cap_usd, now.date()
    )
    request.intent = Intent(
        call_key=request.call_key, request_id=request.request_id, account_id=current.id,
        provider=request.provider, questions={ask.lookup.name: key for ask, key in asks},
        price_usd=sum(prices, ZERO), contact_id=item.contact_id, run_id=item.run.id,
        is_sandbox=accounts.is_sandbox, caps=((item.run.budget_key, None), *of_account),
    )  # fmt: skip


def _check_mode(item: Item, accounts: Accounts) -> None:
    if accounts.is_sandbox == item.run.is_sandbox:
        return
    modes = (
        "in the sandbox, and now real providers would be asked"
        if item.run.is_sandbox
        else "for the real providers, not the sandbox"
    )
    raise AccountUnusable(f"the run was approved {modes}", code="mode")


def _take_answers(requests: Iterable[Request]) -> None:
    """Give each request the fresh answers to its questions; an unknown one is an error."""
    wanted = {key: r for r in requests for _, key in r.open_asks()}
    if not wanted:
        return
    found = fresh_answers(list(wanted))
    now = datetime.now(UTC)
    for request in requests:
        for _, key in request.open_asks():
            if key in found and request.item.run.counts(found[key]):
                _take(request, key, found[key], now)


def _take(request: Request, key: UUID, known: Outcome, now: datetime) -> None:
    """Answer a question with what is known; a ticket that is due is put into its ask instead."""
    if known.kind != "pending" or (known.due_at and known.due_at > now):
        request.answered[key] = known
        return
    request.taken_at[key] = datetime.fromisoformat(known.observed_at)
    request.asks = [
        (Ask(ask.lookup, Question(ask.question.inputs, known.ticket)), own) if own == key
        else (ask, own)
        for ask, own in request.asks
    ]  # fmt: skip


def is_paid(ask: Ask, terms: Terms) -> bool:
    """Tell whether a question was paid for when its ticket was given."""
    return bool(ask.question.ticket) and not terms.price.on_hit_only


def fresh_answers(keys: list[UUID]) -> dict[UUID, Outcome]:
    """Return the newest answer to each question that has one which is not stale."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT question_key, id, lookup, outcome, facts::text, observed_at, ticket, due_at"
            " FROM enrichment_answer WHERE question_key = ANY(%s::uuid[]) AND expires_at > now()"
            " ORDER BY observed_at, id",
            ["{" + ",".join(map(str, keys)) + "}"],
        )
        rows = cursor.fetchall()
    found = {}
    given_up = datetime.now(UTC) - PENDING_FOR
    for key, id_, lookup, outcome, facts, observed_at, ticket, due_at in rows:
        held = (
            OutcomeHeld(f"{lookup}: an earlier call's outcome is unknown; decide on its page")
            if outcome == "unknown"
            else None
        )
        found[key] = Outcome(
            lookup, "error" if held else _kind(outcome, observed_at > given_up),
            {name: tuple(pair) for name, pair in orjson.loads(facts).items()},
            observed_at.isoformat(), str(id_),
            is_reused=True, error=held, ticket=ticket, due_at=due_at,
        )  # fmt: skip
    return found


def _kind(outcome: str, is_young: bool) -> Literal["hit", "miss", "pending"]:
    """Return what an answer counts as; one that never came is a miss after a day."""
    if outcome == "pending":
        return "pending" if is_young else "miss"
    return "hit" if outcome == "hit" else "miss"
