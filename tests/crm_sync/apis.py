"""A connector's way to the sandbox, without a database, with a token that serves."""

from __future__ import annotations

from contextlib import asynccontextmanager

from crm_sync.api import CrmApi
from crm_sync.reaching import reach
from integrations.gate import open_gate
from tests.integrations.loopback import HASTY


@asynccontextmanager
async def api_to(
    connector, sandbox, *, options=None, address="", secrets=None, renew=None, key_fields=None
):
    """An `Api` to a connector's part of the sandbox."""
    gate = open_gate(None, retry=HASTY)
    at = reach(
        connector, connection_id=1, version=1, address=address or f"{sandbox.url}/{connector.slug}",
        secrets=secrets or {"token": "sandbox"}, options=options or {}, is_sandbox=True,
        key_fields=key_fields, renew=renew,
    )  # fmt: skip
    try:
        yield CrmApi(gate, at)
    finally:
        await gate.aclose()
