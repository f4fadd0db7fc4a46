"""Everything that must be true of every call to a provider, once: a guard around the connections.

For each attempt, in this order: a place among the account's calls in flight, what the provider
told of its limits, a permit of the account's rate, the provider's circuit, the time-out, the whole
body (10 MB at most), the verdict. The circuit comes last, so that a call which waited for a permit
is not sent to a provider that failed meanwhile. Failures that may pass are repeated, with jitter
and in obedience to Retry-After; what was perhaps received is never repeated here (OutcomeUnknown):
the engine decides.

What has an HTTP answer is returned whatever its status, with the error in `call.error`; what has
none raises its CallError.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter

import aiohttp

from integrations.calls import AccountView, Call
from integrations.circuits import Circuit, CircuitBoard
from integrations.classify import (
    TRANSPORT_ERRORS,
    error_for,
    failure_for,
    parsed,
    remote_id,
    subject,
)
from integrations.errors import (
    CallError,
    CircuitOpen,
    ContractBroken,
    CredentialRejected,
    OutcomeUnknown,
    QuotaExhausted,
    Refused,
    Unreachable,
)
from integrations.exchange import Incoming, Outgoing, TooBig, exchange
from integrations.limits import Limiter, has_limits_to_tell
from integrations.redaction import exchange_text
from integrations.retrying import Outcome, RetryPolicy


class Guard:
    """The guard of one event loop; `share` is this process's part of what the fleet may do.

    `session` gives the event loop's connections; the guard does not own them.
    """

    def __init__(
        self,
        session: Callable[[], aiohttp.ClientSession],
        board: CircuitBoard,
        limiter: Limiter,
        *,
        share: float = 1.0,
        retry: RetryPolicy | None = None,
    ) -> None:
        self._session = session
        self._board = board
        self._limiter = limiter
        self._share = share
        self._retry = retry or RetryPolicy()
        self._places: dict[int, tuple[int, asyncio.Semaphore]] = {}

    async def exchange(self, outgoing: Outgoing, call: Call) -> Incoming:
        """Send for `call`, and again where that may help. Raises CallError without an answer."""
        call.error = None
        try:
            outcome = await self._perform(outgoing, call)
        except asyncio.CancelledError:
            if call.sent and not call.error:
                call.error = OutcomeUnknown(f"{subject(call)}: given up while under way")
            raise
        incoming, call.error = outcome.incoming, outcome.error
        call.exchange = exchange_text(outgoing, incoming, call.account.secrets.values())
        if incoming is None:
            assert call.error is not None
            raise call.error
        return incoming

    async def _perform(self, outgoing: Outgoing, call: Call) -> Outcome:
        began = perf_counter()
        outcome = await self._attempt(outgoing, call)
        if not self._retry.repeats(outcome):
            return outcome
        first = [outcome]  # made without tenacity's cost, but counted by it

        async def attempt() -> Outcome:
            nonlocal outcome
            if first:
                return first.pop()
            outcome = outcome.followed_by(await self._attempt(outgoing, call))
            return outcome

        return await self._retry.patience(perf_counter() - began)(attempt)

    async def _attempt(self, outgoing: Outgoing, call: Call) -> Outcome:
        account = call.account
        circuit = self._circuit(call)
        place = self._place(account)
        incoming: Incoming | None = None
        before = call.tries
        try:
            if (account.windows or place.locked()) and circuit.is_open:
                raise CircuitOpen(f"{subject(call)}: circuit open", retry_at=circuit.retry_at)
            async with place:
                if account.refusal.error:
                    raise account.refusal.error
                if has_limits_to_tell(call.provider):
                    await self._obey(call)
                if account.windows:
                    await self._limiter.acquire(str(account.id), account.windows)
                with circuit.calling():
                    incoming = await self._send(outgoing, call)
                    if error := _verdict(call, incoming):
                        raise error
        except CallError as error:
            call.error = error
            if isinstance(error, CredentialRejected | QuotaExhausted):
                error.retry_at = error.retry_at or self._limiter.hearing.reset_of(call)
                account.refusal.error = error
        if call.heard and (call.tries > before or isinstance(call.error, Unreachable)):
            call.heard(call)
        return Outcome(incoming, call.error)

    async def _obey(self, call: Call) -> None:
        """Return when the limits that the provider told leave room. Raises RateReached."""
        for told in await self._limiter.hearing.obey(call):
            assert told.limit is not None
            assert told.per is not None
            window = ((told.limit, told.per.total_seconds()),)
            await self._limiter.acquire(f"{call.account.id}:{told.name}", window)

    async def _send(self, outgoing: Outgoing, call: Call) -> Incoming:
        """Return the answer, read. Raises what the lack of one means."""
        _name_attempt(outgoing, call)
        was_sent, call.sent = call.sent, True
        call.status = call.error = None
        failure: CallError | None = None
        began = perf_counter()
        try:
            incoming = await exchange(self._session(), outgoing, call.provider.timeout_s)
        except TooBig as exc:
            failure = ContractBroken(f"{subject(call)}: {exc}")
        except TRANSPORT_ERRORS as exc:
            failure = failure_for(call, exc)
        finally:
            call.ms = round((perf_counter() - began) * 1000)
        if isinstance(failure, Unreachable | Refused):
            call.sent = was_sent
        else:
            call.tries += 1
        if failure:  # not chained: the library's text has the address with its keys
            raise failure
        call.status = incoming.status
        if call.provider.reads_limits is not None:
            self._limiter.hearing.look(call, incoming.headers)
        call.remote_id = remote_id(call, incoming.headers)
        return incoming

    def _circuit(self, call: Call) -> Circuit:
        provider = call.provider
        key = f"{provider.slug}:sandbox" if call.account.is_sandbox else provider.slug
        return self._board.circuit(
            key, fail_max=provider.circuit_fail_max, reset_s=provider.circuit_reset_s
        )

    def _place(self, account: AccountView) -> asyncio.Semaphore:
        """Return the account's places in flight; a new limit holds for those who come next."""
        limit = max(1, int(account.max_in_flight * self._share))
        known = self._places.get(account.id)
        if not known or known[0] != limit:
            known = self._places[account.id] = (limit, asyncio.Semaphore(limit))
        return known[1]


def _name_attempt(outgoing: Outgoing, call: Call) -> None:
    """Name the call and the attempt in the request."""
    call.started_at = call.started_at or datetime.now(UTC)
    outgoing.headers["X-Request-ID"] = str(call.request_id)
    outgoing.headers["X-Attempt"] = str(call.tries + 1)


def _verdict(call: Call, incoming: Incoming) -> CallError | None:
    if call.provider.classify or not incoming.is_success:
        incoming.body = parsed(incoming.content)
    return error_for(call, incoming.status, incoming.headers, incoming.body)
