"""“Test this connection”: one free question to a provider, and what came of it in words.

It goes the one way out (guard, rate limit, ledger) but past the fleet's circuit, since a person who
asks wants to know now (docs/decisions/0014). What it finds is acted on: a refused secret stops the
account, an answer lets a stopped one be asked again and closes a circuit that failures opened. A
circuit opened by hand is respected.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import redis.asyncio
from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import transaction

from integrations import fleet, services
from integrations.accounts import is_sandbox, view_for_trial
from integrations.api import HttpApi
from integrations.calls import Call
from integrations.circuits import CircuitBoard
from integrations.errors import (
    AccountUnusable,
    CallError,
    CircuitOpen,
    ContractBroken,
    CredentialRejected,
    NotFound,
    OutcomeUnknown,
    QuotaExhausted,
    Unreachable,
)
from integrations.findings import Finding, found
from integrations.gate import Gate
from integrations.ids import uuid7
from integrations.ledger import Intent, Settled, settle
from integrations.limits import Limiter
from integrations.models import Account
from integrations.registry import provider
from integrations.retrying import RetryPolicy

WHOLE_S = 14.0
ANSWER_S = 10.0
CONNECTION_TEST = "connection_test"

STOPS = ((CredentialRejected, Account.State.REJECTED), (QuotaExhausted, Account.State.EXHAUSTED))


def run_trial(account: Account, user: AbstractUser, *, answer_s: float = ANSWER_S) -> Finding:
    """Ask the provider and return what was found; takes `WHOLE_S` at the most.

    `answer_s` is how long the answer may take once the question is sent.
    """
    of = provider(account.provider)
    in_sandbox = is_sandbox()
    key = fleet.circuit_key(of.slug, in_sandbox=in_sandbox)
    circuit = next((state for state in fleet.states() if state.key == key), None)
    said, call, error = "", None, None
    try:
        if circuit and circuit.is_by_hand:
            raise CircuitOpen(f"{circuit.by} opened it by hand: {circuit.reason}")
        view = view_for_trial(account)
        patient = replace(of, timeout_s=min(of.timeout_s, answer_s))
        call = Call(patient, view, uuid7(), (CONNECTION_TEST,))
        said = asyncio.run(_ask(call))
    except CallError as why:
        error = why
    if call and (call.sent or isinstance(error, Unreachable)):
        _write_down(call, error)
    has_resumed = _act(account, error, user)
    has_closed = (
        not error and circuit is not None and circuit.state != "closed" and fleet.reset(key)
    )
    finding = found(
        of, call, said, error,
        in_sandbox=in_sandbox, has_resumed=has_resumed, has_closed=bool(has_closed),
    )  # fmt: skip
    services.note(account, user, f"Connection tested: {finding.title.lower()}")
    return finding


async def _ask(call: Call) -> str:
    """Return what the provider's trial says. Raises CallError."""
    limits = redis.asyncio.Redis.from_url(settings.REDIS_URL)
    gate = Gate(CircuitBoard(None), Limiter(limits), retry=RetryPolicy(attempts=1))
    try:
        async with asyncio.timeout(WHOLE_S):
            return await _trial(HttpApi(gate, call), call)
    except TimeoutError:
        slow = call.error or OutcomeUnknown(f"no answer in {WHOLE_S:g} s", code="slow")
        slow.code = slow.code or "slow"
        raise slow from None
    finally:
        await gate.aclose()


async def _trial(api: HttpApi, call: Call) -> str:
    trial = call.provider.trial
    if trial is None:
        raise AccountUnusable(f"{call.provider.label} has no question that costs nothing")
    try:
        return await trial(api)
    except NotFound:
        return "The provider answers; it knows nothing of what the test asks."
    except (KeyError, TypeError, ValueError, AttributeError, LookupError) as mistake:
        call.error = ContractBroken(f"{type(mistake).__name__} reading the answer")
        raise call.error from mistake


def _write_down(call: Call, error: CallError | None) -> None:
    """Put the call into the ledger as any other; it cost nothing and tallies nothing."""
    call.error = error
    outcome = "answered" if error is None else "failed"
    if isinstance(error, OutcomeUnknown):
        outcome = "unknown"
    account = call.account
    intent = Intent(
        uuid7(), call.request_id, account.id, account.provider, {}, Decimal(0),
        is_sandbox=account.is_sandbox,
    )  # fmt: skip
    with transaction.atomic():
        settle([Settled(call, [intent], outcome, ())])


def _act(account: Account, error: CallError | None, user: AbstractUser) -> bool:
    """Stop or resume the account as the answer says; return whether it was resumed."""
    if error is None:
        return services.resume_account(account, user, version=account.version)
    for kind, state in STOPS:
        if isinstance(error, kind):
            services.stop_account(
                account.pk, account.version, state, str(error), until=error.retry_at
            )
    account.refresh_from_db()
    return False
