"""Asking for one page: taken from the answers, else reserved, called and settled.

The two halves that touch the database run in a lane, each in a transaction of its own; none is open
while the provider is asked. What came is an answer before anything else happens with it, so that a
worker that dies later has paid for nothing in vain.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.db import connection

from contacts import leases
from contacts.leases import TakenOver
from enrichment.discovery import pages
from enrichment.discovery.pages import Kept
from enrichment.engine.lanes import Lane
from enrichment.models import Answer, Discovery
from enrichment.questions import key_of
from integrations import ledger
from integrations.accounts import Accounts
from integrations.api import HttpApi
from integrations.calls import AccountView, Call
from integrations.errors import (
    AccountUnusable,
    CallError,
    ContractBroken,
    CredentialRejected,
    OutcomeHeld,
    OutcomeUnknown,
    OverBudget,
    QuotaExhausted,
    RateReached,
    Unreachable,
)
from integrations.gate import Gate
from integrations.ids import uuid7
from integrations.ledger import Intent, Settled
from integrations.models import Account
from integrations.provider import Provider
from integrations.registry import provider
from integrations.search import Page, Search, Wanted
from integrations.services import stop_account

log = structlog.get_logger(__name__)
FAR = timedelta(days=3650)
ELSEWHERE_S, LOOK_S = 12.0, 0.25
ZERO = Decimal(0)


class Stopped(Exception):
    """Somebody paused, cancelled or blocked the discovery meanwhile."""


@dataclass(frozen=True, slots=True)
class PageAsk:
    """One page of one search in one place, 0 the first."""

    discovery_id: int
    is_sandbox: bool
    search: Search
    wanted: Wanted
    number: int = 0
    cursor: str = ""

    @property
    def key(self) -> UUID:
        return pages.page_key(self.search, self.wanted, self.number, is_sandbox=self.is_sandbox)

    @property
    def budget_key(self) -> str:
        return f"discovery:{self.discovery_id}"


@dataclass(slots=True)
class Opened:
    """What became of an ask before any call: a page that is kept, leave to call, or neither."""

    kept: Kept | None = None
    intent: Intent | None = None
    view: AccountView | None = None


@dataclass(slots=True)
class Got:
    """A page, what it cost now, and the ledger's id of the call ("" where it was kept)."""

    kept: Kept
    usd: Decimal = ZERO
    call_id: str = ""


@dataclass(slots=True)
class Ended:
    """A call that ended, as it goes into the database."""

    ask: PageAsk
    intent: Intent
    call: Call
    page: Page | None = None
    error: CallError | None = None
    usd: Decimal = ZERO
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class Asker:
    """One per worker: asks for pages through the gate."""

    def __init__(self, gate: Gate, lane: Lane, worker_id: UUID) -> None:
        self._gate, self._lane, self._worker_id = gate, lane, worker_id
        self._accounts = Accounts()

    async def page(self, ask: PageAsk) -> Got:
        """Return a page, bought at most once. Raises CallError, Stopped and TakenOver."""
        give_up_at = asyncio.get_running_loop().time() + ELSEWHERE_S
        request_id = uuid7()
        while True:
            opened = await self._lane.run(
                open_page, ask, request_id, self._accounts, self._worker_id
            )
            if opened.kept:
                return Got(opened.kept)
            if opened.intent:
                return await self._buy(ask, opened)
            if asyncio.get_running_loop().time() > give_up_at:
                raise RateReached("another worker is asking for this page", retry_after_s=2)
            await asyncio.sleep(LOOK_S)

    async def _buy(self, ask: PageAsk, opened: Opened) -> Got:
        assert opened.intent is not None
        assert opened.view is not None
        of = provider(ask.search.provider)
        call = Call(of, opened.view, opened.intent.request_id, (ask.search.name,))
        ended = Ended(ask, opened.intent, call)
        try:
            ended.page = await _ask(self._gate, call, ask)
        except CallError as error:
            call.error = call.error or error
            ended.error = error
        ended.at = datetime.now(UTC)
        ended.usd = _charged(ended)
        kept = await self._lane.run(close_page, ended)
        if ended.error:
            raise _held(ended, of) if kept and kept.is_held else ended.error
        assert kept is not None
        return Got(kept, ended.usd, str(call.request_id))


async def _ask(gate: Gate, call: Call, ask: PageAsk) -> Page:
    try:
        return await ask.search.ask(HttpApi(gate, call), ask.wanted, ask.cursor)
    except (KeyError, TypeError, ValueError, AttributeError, LookupError) as mistake:
        log.exception("provider_file_failed", provider=call.provider.slug, lookup=ask.search.slug)
        raise ContractBroken(
            f"{ask.search.label}: {type(mistake).__name__} reading the answer"
        ) from mistake


def _charged(ended: Ended) -> Decimal:
    """Return what a page costs; one whose outcome is unknown counts as bought."""
    price = ended.ask.search.price
    if ended.page is None:
        return price.usd if isinstance(ended.error, OutcomeUnknown) else ZERO
    return ZERO if price.on_hit_only and not ended.page.businesses else price.usd


def _held(ended: Ended, of: Provider) -> OutcomeHeld:
    return OutcomeHeld(f"{of.label}: the outcome of a call is unknown; decide on its page")


def open_page(ask: PageAsk, request_id: UUID, accounts: Accounts, worker_id: UUID) -> Opened:
    """Look among the answers, else reserve; neither when somebody else is asking just now."""
    if not leases.holds(worker_id):
        raise TakenOver(f"worker {worker_id} was declared lost")
    accounts.refresh()
    if kept := _kept(ask):
        return Opened(kept)
    state = Discovery.objects.values_list("state", flat=True).get(pk=ask.discovery_id)
    if state != Discovery.State.WORKING:
        raise Stopped(state)
    intent, view = _propose(ask, request_id, accounts)
    verdict = ledger.reserve([intent], worker_id)
    if intent.call_key in verdict.over:
        budget = verdict.over[intent.call_key]
        raise OverBudget(f"the cap of {budget} leaves too little", code=budget)
    if intent.call_key in verdict.in_flight:
        return Opened()
    if kept := _kept(ask):
        ledger.release([intent])
        return Opened(kept)
    return Opened(intent=intent, view=view)


def _kept(ask: PageAsk) -> Kept | None:
    kept = pages.fresh([ask.key]).get(ask.key)
    if kept and kept.is_held:
        raise OutcomeHeld(f"{ask.search.label}: an earlier call's outcome is unknown; decide on it")
    return kept


def _propose(ask: PageAsk, request_id: UUID, accounts: Accounts) -> tuple[Intent, AccountView]:
    if accounts.is_sandbox != ask.is_sandbox:
        now = "real providers would be asked" if ask.is_sandbox else "the sandbox would be asked"
        raise AccountUnusable(f"it was approved otherwise, and now {now}", code="mode")
    view = accounts.view(ask.search.provider)
    current = accounts.current(ask.search.provider)
    today = datetime.now(UTC).date()
    caps = ledger.account_caps(current.id, current.daily_cap_usd, current.monthly_cap_usd, today)
    intent = Intent(
        call_key=ask.key,
        request_id=request_id,
        account_id=current.id,
        provider=ask.search.provider,
        questions={ask.search.name: ask.key},
        price_usd=ask.search.price.usd,
        is_sandbox=ask.is_sandbox,
        caps=((ask.budget_key, None), *caps),
    )
    return intent, view


def close_page(ended: Ended) -> Kept | None:
    """Settle the call and keep what it brought; a second time it changes nothing."""
    call, ask = ended.call, ended.ask
    row = _row(ended)
    kept = Kept(
        row.pk, ended.at, len(ended.page.businesses) if ended.page else 0,
        bool(ended.page and ended.page.cursor), row.raw, row.outcome == Answer.Outcome.UNKNOWN,
    ) if row else None  # fmt: skip
    if _stands(call.request_id):
        return kept
    if isinstance(ended.error, CredentialRejected | QuotaExhausted):
        _stop(call, ended.error)
    if not call.sent and not isinstance(call.error, Unreachable):
        ledger.release([ended.intent])
        return None
    if row:
        Answer.objects.bulk_create([row], ignore_conflicts=True)
    ledger.settle([Settled(call, [ended.intent], _outcome(ended), [_part(ended)])])
    log.debug("provider_called", provider=ask.search.provider, request_id=str(call.request_id))
    return kept


def _row(ended: Ended) -> Answer | None:
    """Return the answer to keep: the page, or that a dear call's outcome is unknown."""
    ask, call, page = ended.ask, ended.call, ended.page
    is_dear = ask.search.price.usd > call.account.hold_unknown_above_usd
    is_held = isinstance(ended.error, OutcomeUnknown) and is_dear
    if page is None and not is_held:
        return None
    outcome = Answer.Outcome.HIT if page and page.businesses else Answer.Outcome.MISS
    return Answer(
        id=key_of(f"{call.request_id}|{ask.search.name}"),
        question_key=ask.key,
        lookup=ask.search.slug,
        request_id=call.request_id,
        outcome=Answer.Outcome.UNKNOWN if is_held else outcome,
        facts=pages.facts_of(page) if page else {},
        raw=pages.written(page) if page else None,
        price_usd=ended.usd,
        is_sandbox=ask.is_sandbox,
        observed_at=ended.at,
        expires_at=ended.at + (FAR if is_held else pages.keep_for(ask.search)),
    )


def _stands(request_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM integrations_apicall WHERE id = %s AND outcome <> 'unknown'",
            [request_id],
        )
        return cursor.fetchone() is not None


def _outcome(ended: Ended) -> str:
    if isinstance(ended.error, OutcomeUnknown):
        return "unknown"
    return "failed" if ended.error else "answered"


def _part(ended: Ended) -> tuple[str, str, Decimal]:
    kind = "error" if ended.page is None else "hit" if ended.page.businesses else "miss"
    return ended.ask.search.name, kind, ended.usd


def _stop(call: Call, error: CallError) -> None:
    is_refused = isinstance(error, CredentialRejected)
    state = Account.State.REJECTED if is_refused else Account.State.EXHAUSTED
    stop_account(call.account.id, call.account.version, state, str(error))


def plain(error: CallError) -> dict[str, Any]:
    """Return an error as a place's trace keeps it."""
    return {"error": type(error).__name__, "why": str(error)[:300]}
