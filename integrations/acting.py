"""Performing an act: its price promised, the act done once, and what became of it written down.

Cut so that the caller's own rows change in the same two transactions, and none is open between:

    promise = acting.propose(accounts, (act_for("sms", to), segments), key=f"message:{pk}",
                             caps=((f"campaign:{campaign}", cap_usd),))
    with transaction.atomic():                       # one for a whole chunk
        verdict = ledger.reserve([promise.intent, …], worker_id)
        …                                            # the message becomes `sending`
    done = await acting.perform(gate, promise, lambda api: send_sms(api, sms))
    with transaction.atomic():                       # one for all that ended lately
        acting.settle([done, …])
        …                                            # the message becomes `sent`, or `unknown`

What `refusal` says of a promise was not granted. A worker that dies between the two leaves the
reservation; `ledger.abandon` makes it an `unknown` call, counted as spent, and nobody's answer. So
does `settle` with an answer that never came. Nothing here performs an act a second time: whether it
may be done again is the caller's to find out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection

from integrations import ledger
from integrations.accounts import Accounts
from integrations.acts import Act
from integrations.api import HttpApi
from integrations.calls import AccountView, Call
from integrations.errors import (
    AccountUnusable,
    CallError,
    ContractBroken,
    CredentialRejected,
    OutcomeUnknown,
    OverBudget,
    QuotaExhausted,
    RateReached,
    Refused,
    Unreachable,
)
from integrations.gate import Gate
from integrations.ids import uuid7
from integrations.ledger import Intent, Settled, Verdict
from integrations.models import Account
from integrations.provider import Api, Rate
from integrations.registry import provider
from integrations.services import stop_account

Result = TypeVar("Result")
Deed = Callable[[Api], Awaitable[Result]]
Cap = tuple[str, Decimal | None]
ZERO = Decimal(0)
# A provider's file that stumbles over an answer says nothing of what was done.
MISREADING = (KeyError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Promise:
    """An act about to be performed: for which account, and what it costs at the most.

    `parts` are (act, US dollars); `paces` are limits besides the account's, by their key.
    """

    view: AccountView
    intent: Intent
    parts: tuple[tuple[str, Decimal], ...]
    paces: tuple[tuple[str, Rate], ...] = ()


@dataclass(slots=True)
class Performed(Generic[Result]):
    """What became of an act: its result, or why there is none."""

    promise: Promise
    call: Call
    result: Result | None = None
    error: CallError | None = None

    @property
    def is_unknown(self) -> bool:
        """Tell whether it may have been done, and charged, although nobody said so."""
        return isinstance(self.error, OutcomeUnknown)

    @property
    def price_usd(self) -> Decimal:
        """What it counts as spent."""
        return self.promise.intent.price_usd if self.result is not None or self.is_unknown else ZERO


def propose(
    accounts: Accounts,
    *wanted: tuple[Act, int],
    key: str,
    contact_id: int | None = None,
    caps: Sequence[Cap] = (),
) -> Promise:
    """Return the promise of acts of one provider, (act, units) each, that one request performs.

    `key` names the act among all: two under one key are never under way together. `caps` are the
    caller's budgets; the account's own of this day and month come to them. Raises why the account
    cannot be used, and AccountUnusable for an act that is switched off.
    """
    of = provider(wanted[0][0].provider)
    view, current = accounts.view(of.slug), accounts.current(of.slug)
    parts, paces = [], []
    for act, units in wanted:
        terms = accounts.act_terms(act)
        if not terms.is_enabled:
            raise AccountUnusable(f"{of.label}: {act.label} is switched off")
        parts.append((act.name, terms.price.usd * units))
        if rate := act.pace(view.options):
            paces.append((f"{view.id}:{act.paced_by}", rate))
    today = datetime.now(UTC).date()
    own = ledger.account_caps(current.id, current.daily_cap_usd, current.monthly_cap_usd, today)
    intent = Intent(
        call_key=UUID(bytes=blake2b(f"{of.slug}|{key}".encode(), digest_size=16).digest()),
        request_id=uuid7(),
        account_id=view.id,
        provider=of.slug,
        questions=dict.fromkeys(name for name, _ in parts),
        price_usd=sum((usd for _, usd in parts), ZERO),
        contact_id=contact_id,
        is_sandbox=view.is_sandbox,
        caps=(*caps, *own),
    )
    return Promise(view, intent, tuple(parts), tuple(paces))


def refusal(promise: Promise, verdict: Verdict) -> Refused | None:
    """Return why a promise was not granted, None where it was; `code` is the budget's key."""
    key = promise.intent.call_key
    if budget := verdict.over.get(key):
        return OverBudget(f"the cap of {budget} leaves too little", code=budget)
    if key in verdict.in_flight:
        return RateReached("another worker is just performing this", retry_after_s=2)
    return None


async def perform(gate: Gate, promise: Promise, deed: Deed[Result]) -> Performed[Result]:
    """Perform what was reserved, and return what became of it; raises no CallError.

    Who is cancelled meanwhile leaves the reservation, as one who dies does.
    """
    view = promise.view
    of = provider(view.provider)
    call = Call(of, view, promise.intent.request_id, tuple(promise.intent.questions))
    done: Performed[Result] = Performed(promise, call)
    try:
        for key, rate in promise.paces:
            await gate.limiter.acquire(key, rate.windows())
        done.result = await deed(HttpApi(gate, call))
    except CallError as why:
        done.error = why
    except MISREADING as mistake:
        kind = OutcomeUnknown if call.sent else ContractBroken
        done.error = kind(f"{of.label}: {type(mistake).__name__} reading the answer")
    call.error = done.error
    return done


async def look(
    gate: Gate, view: AccountView, name: str, deed: Deed[Result], *, contact_id: int | None = None
) -> Performed[Result]:
    """Ask a provider something free about what was done ("fetch_message"), as `perform` does.

    Nothing needs to be reserved; `settle` writes it down.
    """
    intent = Intent(
        uuid7(), uuid7(), view.id, view.provider, {name: None}, ZERO, contact_id,
        is_sandbox=view.is_sandbox,
    )  # fmt: skip
    return await perform(gate, Promise(view, intent, ((name, ZERO),)), deed)


def settle(ended: Sequence[Performed[Any]]) -> None:
    """Write what ended to the ledger, in the caller's transaction; a second time changes nothing.

    What was never sent gives its reservation back. An account whose secret was refused, or whose
    plan is used up, is asked no more.
    """
    standing = _standing([one.call.request_id for one in ended])
    fresh = [one for one in ended if one.call.request_id not in standing]
    for one in fresh:
        _stop_where_refused(one)
    gone = [one for one in fresh if one.call.sent or isinstance(one.error, Unreachable)]
    ledger.settle([_settled(one) for one in gone])
    ledger.release([one.promise.intent for one in fresh if one not in gone])


def _settled(one: Performed[Any]) -> Settled:
    is_counted = one.result is not None or one.is_unknown
    kind = "hit" if one.result is not None else "error"
    outcome = "unknown" if one.is_unknown else "failed" if one.error else "answered"
    parts = [(name, kind, usd if is_counted else ZERO) for name, usd in one.promise.parts]
    return Settled(one.call, [one.promise.intent], outcome, parts)


def _standing(request_ids: list[UUID]) -> set[UUID]:
    """Return those whose outcome is in the ledger: of a commit whose answer we never got."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM integrations_apicall WHERE id = ANY(%s) AND outcome <> 'unknown'",
            [request_ids],
        )
        return {found for (found,) in cursor.fetchall()}


def _stop_where_refused(one: Performed[Any]) -> None:
    if not isinstance(one.error, CredentialRejected | QuotaExhausted):
        return
    is_refused = isinstance(one.error, CredentialRejected)
    state = Account.State.REJECTED if is_refused else Account.State.EXHAUSTED
    account = one.promise.view
    stop_account(account.id, account.version, state, str(one.error), until=one.error.retry_at)
