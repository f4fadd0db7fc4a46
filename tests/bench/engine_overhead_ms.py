"""The CPU that circuit, limiter and ledger take of each call, driven in batches as the engine does.

`value` is the worker's own (all its threads); what PostgreSQL and Redis spend on it stands beside.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tests.bench.report import Result
from tests.integrations.sandbox.running import Running
from tests.lab.spent import servers_s

CALLS, QUICK_CALLS = 50_000, 5_000
RESERVED, SETTLED = 100, 300  # calls a transaction, as at full speed
IN_FLIGHT = 200
WINDOW = (1_000_000, 1.0)
TARGET_MS = 0.15


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    import uvloop

    from tests.lab import seeding

    calls = QUICK_CALLS if is_quick else CALLS
    seeding.fresh_contacts(0)
    seeding.prepare_account(daily_cap_usd=Decimal(1_000_000))
    parts: dict[str, float] = {}
    before = servers_s()
    parts["circuit"] = _cpu_ms(lambda: uvloop.run(_circuit(calls)), calls)
    parts["limiter"] = _cpu_ms(lambda: uvloop.run(_limiter(calls)), calls)
    parts["ledger"] = _cpu_ms(lambda: _ledger(calls), calls)
    spent = {name: (s - before[name]) * 1000 / calls for name, s in servers_s().items()}
    value = sum(parts.values())
    yield Result(
        "engine_overhead_ms",
        target=TARGET_MS,
        is_met=value <= TARGET_MS,
        value=round(value, 4),
        parts={name: round(ms, 4) for name, ms in parts.items()},
        servers_ms={name: round(ms, 4) for name, ms in spent.items()},
        settings={"calls": calls, "reserved": RESERVED, "settled": SETTLED},
    )


def _cpu_ms(work: Callable[[], None], calls: int) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000 / calls


async def _circuit(calls: int) -> None:
    """Pass calls through the fleet's circuit, Redis behind it."""
    from django.conf import settings

    from integrations.gate import open_gate

    gate = open_gate(settings.REDIS_URL)
    for _ in range(calls):
        with gate.board.circuit("bench").calling():
            pass
    await gate.aclose()


async def _limiter(calls: int) -> None:
    """Take a permit for each call, many waiting at a time."""
    from django.conf import settings

    from integrations.gate import open_gate

    gate = open_gate(settings.REDIS_URL)
    turns = iter(range(calls))

    async def take() -> None:
        for _ in turns:
            await gate.limiter.acquire("bench", [WINDOW])
            await asyncio.sleep(0)

    await asyncio.gather(*(take() for _ in range(IN_FLIGHT)))
    await gate.aclose()


def _ledger(calls: int) -> None:
    """Reserve and settle, in transactions of the engine's sizes."""
    from django.db import transaction

    from contacts import leases
    from integrations import ledger
    from integrations.accounts import Accounts
    from integrations.registry import provider

    accounts = Accounts()
    accounts.refresh()
    current, worker_id = accounts.current("twilio"), leases.register()
    intents = [_intent(current, number) for number in range(calls)]
    for batch in _batches(intents, RESERVED):
        with transaction.atomic():
            ledger.reserve(batch, worker_id)
    settled = [_settled(provider("twilio"), current.view, intent) for intent in intents]
    for batch in _batches(settled, SETTLED):
        with transaction.atomic():
            ledger.settle(batch)


def _batches(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (rows[at : at + size] for at in range(0, len(rows), size))


def _intent(current: Any, number: int) -> Any:
    from datetime import UTC, datetime

    from integrations import ledger
    from integrations.ids import uuid7

    caps = ledger.account_caps(
        current.id, current.daily_cap_usd, current.monthly_cap_usd, datetime.now(UTC).date()
    )
    key: UUID = uuid4()
    return ledger.Intent(
        call_key=key,
        request_id=uuid7(),
        account_id=current.id,
        provider="twilio",
        questions={"line_type": key},
        price_usd=Decimal("0.008"),
        contact_id=number,
        run_id=1,
        caps=(("run:1", None), *caps),
    )


def _settled(provider: Any, view: Any, intent: Any) -> Any:
    from datetime import UTC, datetime

    from integrations.calls import Call
    from integrations.ledger import Settled

    call = Call(provider, view, intent.request_id, ("line_type",))
    call.started_at, call.sent, call.tries, call.status = datetime.now(UTC), True, 1, 200
    call.exchange = (
        "GET /v2/PhoneNumbers/+1201••••••00?Fields=line_type_intelligence → 200, 460 bytes"
    )
    return Settled(call, [intent], "answered", [("line_type", "hit", intent.price_usd)])
