"""Asking for one page: taken from the answers, else reserved, called and settled.

The two halves that touch the database run in a lane, each in a transaction of its own; none is open
while the provider is asked. What came is an answer before anything else happens with it, so that a
worker that dies later has paid for nothing in vain.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import structlog

from contacts import leases
from contacts.leases import TakenOver
from enrichment.discovery import pages
from enrichment.discovery.closing import Ended, charged, close_page
from enrichment.discovery.pages import Kept, PageAsk
from enrichment.engine.calling import MISREADING
from enrichment.models import Discovery
from integrations import ledger
from integrations.accounts import Accounts
from integrations.api import HttpApi
from integrations.calls import AccountView, Call
from integrations.errors import (
    AccountUnusable,
    CallError,
    ContractBroken,
    OutcomeHeld,
    OverBudget,
    RateReached,
)
from integrations.gate import Gate
from integrations.ids import uuid7
from integrations.lanes import Lane
from integrations.ledger import Intent
from integrations.provider import Provider
from integrations.registry import provider
from integrations.search import Page

log = structlog.get_logger(__name__)
FAR = timedelta(days=3650)
ELSEWHERE_S, LOOK_S = 12.0, 0.25
ZERO = Decimal(0)


class Stopped(Exception):
    """Somebody paused, cancelled or blocked the discovery meanwhile."""


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
        ended, api = Ended(ask, opened.intent, call), HttpApi(self._gate, call)
        try:
            ended.page = await _ask(api, ask)
        except CallError as error:
            call.error = call.error or error
            ended.error, ended.raw = error, api.last_body
        ended.at = datetime.now(UTC)
        ended.usd = charged(ended)
        kept = await self._lane.run(close_page, ended)
        if ended.error:
            raise _held(ended, of) if kept and kept.is_held else ended.error
        assert kept is not None
        return Got(kept, ended.usd, str(call.request_id))


async def _ask(api: HttpApi, ask: PageAsk) -> Page:
    try:
        return await ask.search.ask(api, ask.wanted, ask.cursor)
    except MISREADING as mistake:
        log.exception("provider_file_failed", lookup=ask.search.slug)
        raise ContractBroken(
            f"{ask.search.label}: {type(mistake).__name__} reading the answer"
        ) from mistake


def _held(ended: Ended, of: Provider) -> OutcomeHeld:
    return OutcomeHeld(f"{of.label}: the outcome of a call is unknown; decide on its page")


def open_page(ask: PageAsk, request_id: UUID, accounts: Accounts, worker_id: UUID) -> Opened:
    """Look among the answers, else reserve; neither when somebody else is asking just now.

    Raises TakenOver when the worker was declared lost, Stopped when the discovery does not work
    any more, OverBudget, and the CallError of an account that cannot be asked.
    """
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
        price_usd=accounts.priced(ask.search).price.usd,
        is_sandbox=ask.is_sandbox,
        caps=((ask.budget_key, None), *caps),
    )
    return intent, view
