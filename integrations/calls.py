"""One call on its way: which account it uses, under which id, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from integrations.errors import CallError
from integrations.provider import Provider


@dataclass(slots=True)
class Refusal:
    """Why a provider will hear no more from an account at this version; empty while it may."""

    error: CallError | None = None


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as a worker uses it: secrets in clear, limits and options, of one `version`.

    `base_url` is the provider's own or the sandbox's; `windows` are (limit, seconds) pairs. The
    guard notes in `refusal` that the secret was refused or the plan is used up, and sends no more.
    Its repr shows no secret.
    """

    id: int
    provider: str
    version: int
    secrets: Mapping[str, str] = field(repr=False)
    options: Mapping[str, Any]
    windows: tuple[tuple[int, float], ...]
    max_in_flight: int
    base_url: str
    is_sandbox: bool
    hold_unknown_above_usd: Decimal
    refusal: Refusal = field(default_factory=Refusal, compare=False)


@dataclass(slots=True)
class Call:
    """One request to a provider with its retries; the guard fills in the second half.

    `request_id` goes out as X-Request-ID and is the ledger's primary key. `sent` is true once
    bytes may have left us; `tries` counts the requests sent; `ms` is the wall time of the last
    one; `remote_id` is the provider's own id of the exchange; `exchange` is the redacted text.
    While it is sent `once`, no failure but a refusal says that nothing happened. `heard` is told of
    each attempt that was made, when this says what became of it.
    """

    provider: Provider
    account: AccountView
    request_id: UUID
    lookups: tuple[str, ...] = ()

    once: bool = False
    started_at: datetime | None = None
    sent: bool = False
    tries: int = 0
    status: int | None = None
    ms: int = 0
    remote_id: str = ""
    exchange: str = ""
    error: CallError | None = None
    heard: Callable[[Call], None] | None = field(default=None, repr=False)
