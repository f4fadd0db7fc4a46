"""Another token, got by one process while everyone else waits for it (AR-23)."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog

from crm_sync.models import Connection
from crm_sync.signing_in import Login
from crm_sync.signing_in.answers import ClientRefused, LoginNeeded, Token, token_of
from crm_sync.signing_in.asking import ask
from crm_sync.signing_in.requests import renewal
from crm_sync.tokens import keeping
from crm_sync.tokens.entering import login_of
from crm_sync.tokens.keeping import Held
from integrations.errors import CallError, CredentialRejected, OutcomeUnknown, ServerFailed
from integrations.gate import Gate
from integrations.lanes import Lane

log = structlog.get_logger(__name__)

PATIENCE_S = 60.0
FIRST_LOOK_S, LAST_LOOK_S = 0.05, 0.5
NO_TOKEN = -1

LOST = (
    "An answer with a new token was lost on its way, and the token before it does not serve any"
    " more. Sign in again."
)
REFUSED = (
    "The CRM refuses a token that it gave a moment ago. See there whether the user or the app may"
    " use its API, then test the connection."
)
SAME = (
    "The CRM gave the very token again that it refuses. See there whether the user or the app may"
    " use its API, then test the connection."
)


@dataclass(frozen=True, slots=True)
class Renewer:
    """Gets the tokens of one connection; `who` holds the lease while it asks."""

    connection_id: int
    gate: Gate
    lane: Lane
    who: UUID

    async def token(self, refused: int = NO_TOKEN) -> Held:
        """Return a token that serves, of another version than was `refused`.

        Raises LoginNeeded and CredentialRejected where only a person can go on, else the CallError
        of the request, whoever made it.
        """
        give_up_at, look_s = time.monotonic() + PATIENCE_S, FIRST_LOOK_S
        now = await self._held()
        failed_before = now.row.renew_failed_at
        while time.monotonic() < give_up_at:
            await self._refuse_again(now, refused)
            serves = now.is_good and now.version != refused
            if serves and (not now.is_due or now.is_leased):
                return now
            if not serves and now.row.renew_failed_at not in (None, failed_before):
                raise ServerFailed(now.row.renew_failure)
            if not now.is_leased and await self._claims(now.version):
                return await self._renewed(now, serves=serves, is_forced=now.version == refused)
            await asyncio.sleep(look_s)
            look_s = min(look_s * 1.5, LAST_LOOK_S)
            now = await self._held()
        raise ServerFailed(f"{now.row.label}: no token in {PATIENCE_S:g} s")

    async def _renewed(self, now: Held, *, serves: bool, is_forced: bool) -> Held:
        """Ask, keep what came, and only then return it."""
        try:
            token = await self._ask(login_of(now.row), now.token, is_forced=is_forced)
        except (LoginNeeded, ClientRefused) as why:
            if await self._stopped(now, why):
                raise
            return await self.token()  # another token has come meanwhile
        except CallError as why:
            is_lost = isinstance(why, OutcomeUnknown)
            await self.lane.run(
                keeping.give_back, self.connection_id, self.who, str(why), is_lost=is_lost
            )
            if serves:
                return now
            raise
        await self.lane.run(
            keeping.store, self.connection_id, now.version, token, was_forced=is_forced
        )
        return await self._held()

    async def _ask(self, login: Login, before: Token | None, *, is_forced: bool) -> Token:
        body = await ask(self.gate, login, renewal(login, before), self.connection_id)
        token = token_of(login, body, before)
        if is_forced and before and token.access == before.access:
            raise ClientRefused(SAME)
        return token

    async def _stopped(self, now: Held, why: CredentialRejected) -> bool:
        """Say in the row that a person has to act; False where another token has come."""
        states, words = Connection.State, str(why)
        has_consent = login_of(now.row).way.asks_a_person
        state = states.NEEDS_LOGIN if isinstance(why, LoginNeeded) and has_consent else None
        if state and now.token is None:  # nobody has signed in yet, which alarms nobody
            state, words = states.NEW, ""
        elif state and now.row.renewing_by:  # a lease that ran out, or an answer that was lost
            words = LOST
        return await self.stop(now.version, state or states.REFUSED, words)

    async def stop(self, version: int, state: str, words: str) -> bool:
        """Let the connection rest until a person has acted; False where another token has come."""
        is_stopped = await self.lane.run(keeping.stop, self.connection_id, version, state, words)
        if is_stopped:
            log.warning("connection_stopped", connection=self.connection_id, state=state)
        return is_stopped

    async def _refuse_again(self, now: Held, refused: int) -> None:
        """Raise what a person has to mend, without asking the CRM again."""
        states, row = Connection.State, now.row
        if row.state == states.NEEDS_LOGIN:
            raise LoginNeeded(row.state_reason)
        if row.state == states.REFUSED:
            raise ClientRefused(row.state_reason)
        if now.version == refused and now.was_forced:
            await self.stop(now.version, states.REFUSED, REFUSED)
            raise CredentialRejected(REFUSED)

    async def _held(self) -> Held:
        return await self.lane.run(keeping.held, self.connection_id)

    async def _claims(self, version: int) -> bool:
        return await self.lane.run(keeping.claim, self.connection_id, version, self.who)


def renewer(connection_id: int, gate: Gate, lane: Lane) -> Renewer:
    """Return a renewer with a name of its own."""
    return Renewer(connection_id, gate, lane, uuid4())
