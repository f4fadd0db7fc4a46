"""What a connection's row says of its token, and the short statements that change it.

Each is one statement that may be committed twice (`integrations.lanes.Lane`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, DateTimeField, ExpressionWrapper, F, Q, When
from django.db.models.functions import Now

from crm_sync.models import Connection
from crm_sync.signing_in.answers import Token
from integrations.accounts import secret_box
from integrations.errors import AccountUnusable
from integrations.secrets import SecretUnreadable

# Longer than all attempts of one request together (`signing_in.asking.WHOLE_S`).
LEASE = timedelta(seconds=30)
# Another is got so long before one runs out, or a fifth of its life where that is less.
BEFORE_S = 300
# After a failure nobody asks again for so long: who waits is told of it instead.
PAUSE = timedelta(seconds=3)
# A token that the CRM refuses so soon after it had to give another is refused for good.
LATELY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Held:
    """A connection's row as of now; the repr shows no secret.

    `is_good` while the token serves, `is_due` when another is to be got beforehand. `is_leased`
    while somebody asks, or has just failed; `was_forced` lately, since the CRM refused another.
    """

    row: Connection
    token: Token | None = field(repr=False)
    is_good: bool
    is_due: bool
    is_leased: bool
    was_forced: bool
    due_in_s: float | None

    @property
    def version(self) -> int:
        return self.row.token_version


def held(connection_id: int) -> Held:
    """Return what is kept. Raises AccountUnusable where nothing is, or nothing can be read."""
    now = ExpressionWrapper(Now(), output_field=DateTimeField())
    row = Connection.objects.annotate(db_now=now).filter(pk=connection_id).first()
    if row is None:
        raise AccountUnusable(f"There is no connection {connection_id} any more.")
    at = row.db_now
    token = _opened(row)
    until, due, forced = row.token_until, row.token_due_at, row.token_forced_at
    return Held(
        row,
        token,
        is_good=bool(token and token.access) and (until is None or until > at),
        is_due=due is not None and due <= at,
        is_leased=row.renewing_until is not None and row.renewing_until > at,
        was_forced=forced is not None and forced > at - LATELY,
        due_in_s=(due - at).total_seconds() if due else None,
    )


def claim(connection_id: int, version: int, who: UUID) -> bool:
    """Take the lease to get what comes after `version`; False where somebody else has it."""
    free = Q(renewing_until=None) | Q(renewing_until__lte=Now()) | Q(renewing_by=who)
    rows = Connection.objects.filter(free, pk=connection_id, token_version=version)
    return bool(rows.update(renewing_by=who, renewing_until=Now() + LEASE))


def store(connection_id: int, version: int, token: Token, *, was_forced: bool) -> bool:
    """Keep a new token in place of `version`; False where another has come meanwhile.

    Not the lease decides: who was slow and has the only answer still keeps it.
    """
    rows = Connection.objects.filter(pk=connection_id, token_version=version)
    return bool(rows.update(token_forced_at=Now() if was_forced else None, **_kept(token)))


def replace(connection_id: int, token: Token) -> None:
    """Keep the token that a person has just consented to, whatever was there."""
    rows = Connection.objects.filter(pk=connection_id)
    rows.update(token_forced_at=None, **_kept(token))


def forget(connection_id: int, state: str) -> None:
    """Forget the token; whoever has it in hand gets no other."""
    Connection.objects.filter(pk=connection_id).update(
        token="", token_version=F("token_version") + 1, token_until=None, token_due_at=None,
        token_forced_at=None, state_since=_since(state), state=state, state_reason="", **NOBODY,
    )  # fmt: skip


def resume(connection_id: int, state: str) -> bool:
    """Let a connection that was refused be asked again, with another token."""
    rows = Connection.objects.filter(pk=connection_id, state=Connection.State.REFUSED)
    return bool(
        rows.update(
            token_until=Now(), token_forced_at=None, state_since=Now(), state=state,
            state_reason="", **NOBODY,
        )
    )  # fmt: skip


def stop(connection_id: int, version: int, state: str, reason: str) -> bool:
    """Say that only a person can go on; not where another token has come meanwhile."""
    return bool(
        Connection.objects.filter(pk=connection_id, token_version=version).update(
            state_since=_since(state), state=state, state_reason=reason[:300], **NOBODY
        )
    )


def give_back(connection_id: int, who: UUID, why: str, *, is_lost: bool) -> None:
    """Give the lease back after a failure; an answer that may be lost stays remembered."""
    kept: dict[str, Any] = {} if is_lost else {"renewing_by": None}
    Connection.objects.filter(pk=connection_id, renewing_by=who).update(
        renewing_until=Now() + PAUSE, renew_failed_at=Now(), renew_failure=why[:300], **kept
    )


def sealed(token: Token) -> str:
    """Return a token as it is stored."""
    kept = {"access": token.access, "refresh": token.refresh, "address": token.address}
    return secret_box().seal(kept)


def typed(row: Connection) -> dict[str, str]:
    """Return what was typed for the connection, secrets opened. Raises SecretUnreadable."""
    plain = row.options.get("sign_in", {}) if isinstance(row.options, dict) else {}
    opened = secret_box().open(row.secrets) if row.secrets else {}
    return {**{str(name): str(text) for name, text in plain.items()}, **opened}


def reseal() -> int:
    """Seal everything that connections keep anew with the first key; return how many rows."""
    box = secret_box()
    with transaction.atomic():
        held = Connection.objects.exclude(secrets="", token="")
        rows = list(held.select_for_update().order_by("pk"))
        for row in rows:
            row.secrets = box.rotate(row.secrets) if row.secrets else ""
            row.token = box.rotate(row.token) if row.token else ""
            row.save(update_fields=["secrets", "token"])
    return len(rows)


NOBODY: Mapping[str, Any] = {
    "renewing_by": None, "renewing_until": None, "renew_failed_at": None, "renew_failure": "",
}  # fmt: skip


def _opened(row: Connection) -> Token | None:
    if not row.token:
        return None
    try:
        kept = secret_box().open(row.token)
    except SecretUnreadable as why:
        raise AccountUnusable(f"{row.label}: {why}") from why
    return Token(kept.get("access", ""), kept.get("refresh", ""), kept.get("address", ""))


def _kept(token: Token) -> dict[str, Any]:
    """Return what the row holds once a token was given."""
    lasts, ready = token.lasts_s, Connection.State.READY
    return {
        "token": sealed(token),
        "token_version": F("token_version") + 1,
        "token_until": Now() + timedelta(seconds=lasts) if lasts else None,
        "token_due_at": (
            Now() + timedelta(seconds=lasts - min(BEFORE_S, lasts / 5)) if lasts else None
        ),
        "state_since": _since(ready),
        "state": ready,
        "state_reason": "",
        **NOBODY,
    }


def _since(state: str) -> Case:
    """Return when this state began: it stays what it was while the state does."""
    return Case(When(state=state, then=F("state_since")), default=Now())
