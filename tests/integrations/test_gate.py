"""A gate with Redis behind it shares what it knows with the next one."""

from __future__ import annotations

import pytest

from integrations import errors
from integrations.gate import open_gate
from tests.integrations.loopback import Reply, acme, call_to, get, loopback, run_async


@run_async
async def test_circuit_is_shared_through_redis(redis_client, rate_socket):
    provider = acme(circuit_fail_max=1)
    async with loopback(Reply(drops=True)) as server:
        first, second = (open_gate(f"unix://{rate_socket}", share=0.5) for _ in range(2))
        with pytest.raises(errors.OutcomeUnknown):
            await get(first, call_to(server.url, provider, windows=((100, 60.0),)))

        with pytest.raises(errors.CircuitOpen):
            await get(second, call_to(server.url, provider, windows=((100, 60.0),)))

        assert len(server.seen) == 1
        assert sorted(key.decode() for key in redis_client.scan_iter()) == [
            "circuit:acme",
            "rate:7:60",
            "rate:memory",
        ]
        await first.aclose()
        await second.aclose()
