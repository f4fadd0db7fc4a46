"""Where a CRM is reached, from what a connection knows; no database here."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from crm_sync.api import Reach, Renew
from integrations.calls import AccountView
from integrations.provider import Provider


class Reachable(Protocol):
    """What has to be known of whom a connection reaches: a connector, or Partner Center."""

    @property
    def slug(self) -> str: ...

    @property
    def provider(self) -> Provider: ...

    @property
    def key_fields(self) -> Mapping[str, str]: ...


def reach(
    connector: Reachable,
    *,
    connection_id: int,
    version: int,
    address: str,
    secrets: Mapping[str, str],
    options: Mapping[str, Any],
    is_sandbox: bool,
    key_fields: Mapping[str, str] | None = None,
    renew: Renew | None = None,
) -> Reach:
    """Return how one connection reaches its CRM; `secrets` are what its `provider.auth` applies.

    Circuit and limits are the connection's own: a slug with its number, an account below zero.
    """
    provider = copy.copy(connector.provider)
    provider.slug = f"{connector.slug}-{connection_id}"
    view = AccountView(
        id=-connection_id,
        provider=provider.slug,
        version=version,
        secrets=secrets,
        options=options,
        windows=provider.rate.windows() if provider.rate else (),
        max_in_flight=provider.max_in_flight,
        base_url=address or provider.base_url,
        is_sandbox=is_sandbox,
        hold_unknown_above_usd=Decimal(0),
    )
    return Reach(provider, view, {**connector.key_fields, **(key_fields or {})}, renew)
