"""What providers told of their limits, for pages and estimates; and asking those that want asking.

Most tell in each answer's headers, which the guard reads (integrations.limits.hearing). Some only
answer a free question; beat has one asked now and then of every account that can be used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

import redis
import redis.asyncio
import structlog
from django.conf import settings
from django.db import transaction

from integrations import fleet
from integrations.accounts import Accounts
from integrations.api import HttpApi
from integrations.calls import AccountView, Call
from integrations.errors import CallError, ContractBroken, OutcomeUnknown, Unreachable
from integrations.gate import Gate, open_gate
from integrations.ids import uuid7
from integrations.ledger import Intent, Settled, settle
from integrations.limits.memo import Noted, key_of, read_all
from integrations.redis_link import impatient
from integrations.registry import PROVIDERS, provider

ASK_S = 20.0
LIMITS = "limits"

log = structlog.get_logger(__name__)


def told(account_ids: Iterable[int], *, in_sandbox: bool) -> Mapping[int, Sequence[Noted]]:
    """Return by account what its provider told and still holds; in one word with Redis."""
    keys = {key_of(one, is_sandbox=in_sandbox): one for one in account_ids}
    if not keys:
        return {}
    found = read_all(_redis(settings.REDIS_URL), list(keys))
    return {keys[key]: noted for key, noted in found.items() if noted}


def ask_limits() -> int:
    """Ask every provider that tells when asked, where its account can be used; return how many."""
    accounts = Accounts()
    accounts.refresh()
    views = []
    closed = {state.key for state in fleet.states() if state.state != "closed"}
    for of in PROVIDERS:
        if of.asks_limits is None:
            continue
        if fleet.circuit_key(of.slug, in_sandbox=accounts.is_sandbox) in closed:
            continue
        try:
            views.append(accounts.view(of.slug))
        except CallError:
            continue
    calls = asyncio.run(_ask_all(views)) if views else []
    _write_down(calls)
    return sum(call.error is None for call in calls)


async def _ask_all(views: Sequence[AccountView]) -> list[Call]:
    gate = open_gate(settings.REDIS_URL)
    calls = [Call(provider(view.provider), view, uuid7(), (LIMITS,)) for view in views]
    try:
        await asyncio.gather(*(_ask(gate, call) for call in calls))
    finally:
        await gate.aclose()
    return calls


async def _ask(gate: Gate, call: Call) -> None:
    """Ask one provider and share what it tells; what goes wrong stays in the call."""
    asks = call.provider.asks_limits
    assert asks is not None
    try:
        async with asyncio.timeout(ASK_S):
            found = await asks(HttpApi(gate, call))
        await gate.limiter.hearing.hear(call, found)
    except CallError as error:
        call.error = error
    except TimeoutError:
        call.error = OutcomeUnknown(f"{call.provider.slug}: no answer in {ASK_S:g} s")
    except (KeyError, TypeError, ValueError, AttributeError, LookupError) as mistake:
        call.error = ContractBroken(f"{type(mistake).__name__} reading the limits")
    if call.error:
        log.info("limits_not_told", provider=call.provider.slug, why=str(call.error))


def _write_down(calls: Sequence[Call]) -> None:
    """Put what was sent into the ledger as any other call; it cost nothing and tallies nothing."""
    sent = [call for call in calls if call.sent or isinstance(call.error, Unreachable)]
    with transaction.atomic():
        settle([
            Settled(call, [_intent(call)], "failed" if call.error else "answered", ())
            for call in sent
        ])  # fmt: skip


def _intent(call: Call) -> Intent:
    account = call.account
    return Intent(
        uuid7(), call.request_id, account.id, account.provider, {}, Decimal(0),
        is_sandbox=account.is_sandbox,
    )  # fmt: skip


@lru_cache(maxsize=4)
def _redis(url: str) -> redis.Redis:
    return impatient(redis.Redis.from_url(url))
