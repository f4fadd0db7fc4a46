"""The way to a connection's CRM, with a token that serves and another when it does not."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from crm_sync.api import Reach
from crm_sync.models import Connection
from crm_sync.reaching import Reachable, reach
from crm_sync.referrals.client import SOURCE
from crm_sync.registry import connector as connector_of
from crm_sync.signing_in import Login
from crm_sync.signing_in.answers import ClientRefused
from crm_sync.tokens import keeping
from crm_sync.tokens.entering import login_of
from crm_sync.tokens.keeping import Held
from crm_sync.tokens.renewing import NO_TOKEN, Renewer, renewer
from integrations.calls import AccountView, Refusal
from integrations.errors import AccountUnusable
from integrations.gate import Gate
from integrations.lanes import Lane

WRONG = "The CRM refuses the token that was typed: it is wrong or was taken back. Type it anew."


async def reach_of(
    connection_id: int,
    gate: Gate,
    lane: Lane,
    *,
    key_fields: Mapping[str, str] | None = None,
    connector: Reachable | None = None,
) -> Reach:
    """Return how the connection's CRM is reached, with a token that serves.

    Its `renew` gets another where the CRM refuses this one, `freshen` one before it runs out.
    `lane` runs the short statements; nothing of it is open while the CRM is asked. Raises
    LoginNeeded and CredentialRejected where a person has to act, AccountUnusable where something is
    not set, else the CallError of the request for a token.
    """
    row = (await lane.run(keeping.held, connection_id)).row
    login = await lane.run(login_of, row)
    try:
        of = connector or _reachable(row.kind)
    except LookupError as why:
        raise AccountUnusable(str(why)) from why
    way = Way(of, login, renewer(connection_id, gate, lane), key_fields or {})
    if login.way.grant == "static":
        return way.typed(row)
    now = await way.renewer.token()
    found = way.reach(now.row, way.address(now), _secrets(now))
    found.due_at = _due_at(now)

    async def take(view: AccountView, refused: int) -> AccountView:
        new = await way.renewer.token(refused)
        found.due_at = _due_at(new)
        return replace(
            view, version=new.version, secrets=_secrets(new), base_url=way.address(new),
            refusal=Refusal(),
        )  # fmt: skip

    found.renew = lambda view: take(view, view.version)
    found.freshen = lambda view: take(view, NO_TOKEN)
    return found


@dataclass(frozen=True, slots=True)
class Way:
    """What stays the same while tokens come and go."""

    of: Reachable
    login: Login
    renewer: Renewer
    key_fields: Mapping[str, str]

    def typed(self, row: Connection) -> Reach:
        """Return a way with the token that somebody typed; nobody can get another."""
        if row.state == Connection.State.REFUSED:
            raise ClientRefused(row.state_reason)
        (name,) = (one.name for one in self.login.way.typed if one.is_secret)
        token = self.login.typed[name]
        found = self.reach(row, self.login.api_address(), {"token": token, name: token})

        async def refuse(view: AccountView) -> AccountView:
            await self.renewer.stop(view.version, Connection.State.REFUSED, WRONG)
            raise ClientRefused(WRONG)

        found.renew = refuse
        return found

    def address(self, now: Held) -> str:
        return self.login.api_address(now.token.address if now.token else "")

    def reach(self, row: Connection, address: str, secrets: Mapping[str, str]) -> Reach:
        return reach(
            self.of, connection_id=row.pk, version=row.token_version, address=address,
            secrets=secrets, options=row.options, is_sandbox=bool(self.login.sandbox_url),
            key_fields=self.key_fields,
        )  # fmt: skip


def _reachable(slug: str) -> Reachable:
    return SOURCE if slug == SOURCE.slug else connector_of(slug)


def _secrets(now: Held) -> dict[str, str]:
    assert now.token is not None
    return {"token": now.token.access}


def _due_at(now: Held) -> float:
    """Return from when on another token is got beforehand, by this process's clock."""
    return math.inf if now.due_in_s is None else time.monotonic() + now.due_in_s
