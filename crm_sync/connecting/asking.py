"""One request of the web's: a gate of its own, which knows this process only, and is closed."""

from __future__ import annotations

import asyncio
from typing import Any

from crm_sync.models import Connection
from crm_sync.signing_in import Login
from crm_sync.signing_in.asking import ask
from crm_sync.signing_in.requests import TokenRequest
from integrations.circuits import CircuitBoard
from integrations.gate import Gate
from integrations.limits import Limiter
from integrations.retrying import RetryPolicy

ONCE = RetryPolicy(attempts=1)


def own_gate() -> Gate:
    """Return a gate past the fleet's circuits: a person who asks wants to know now."""
    return Gate(CircuitBoard(None), Limiter(None), retry=ONCE)


def asked(row: Connection, login: Login, request: TokenRequest) -> Any:
    """Return the answer's body. Raises CallError."""

    async def main() -> Any:
        gate = own_gate()
        try:
            return await ask(gate, login, request, row.pk)
        finally:
            await gate.aclose()

    return asyncio.run(main())
