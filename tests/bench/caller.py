"""Makes calls when told to: `python -m tests.bench.caller engine|bare|session IN_FLIGHT`.

It says "ready", waits for a line with its share of the work, does it, and answers with its times.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import uvloop
from yarl import URL

FIELDS = {"Fields": "line_type_intelligence"}
HEADERS = {"Authorization": "Basic QUMwMDowMA==", "Accept": "application/json"}
ENOUGH_S = 600.0


def work_as_engine(_numbers: list[str], _in_flight: int) -> None:
    """Work what is due, as the Celery task does."""
    from enrichment.runtime import runtime

    runtime().work(ENOUGH_S)


def work_bare(numbers: list[str], in_flight: int) -> None:
    """Ask about the numbers in a plain loop over the same client."""
    uvloop.run(_ask_all(iter(numbers), in_flight))


async def _ask_all(numbers: Iterator[str], in_flight: int) -> None:
    from integrations.client import aclose_client, shared_client

    base = os.environ["SWITCHBOARD_SANDBOX_URL"] + "/twilio/v2/PhoneNumbers/%2B"
    client = shared_client()

    async def ask() -> None:
        for number in numbers:
            response = await client.get(base + number[1:], params=FIELDS, headers=HEADERS)
            response.json()

    await asyncio.gather(*(ask() for _ in range(in_flight)))
    await aclose_client()


def work_bare_session(numbers: list[str], in_flight: int) -> None:
    """Do the same over the session below the client, as the guard does."""
    uvloop.run(_ask_session(iter(numbers), in_flight))


async def _ask_session(numbers: Iterator[str], in_flight: int) -> None:
    from integrations.client import aclose_client, shared_session

    base = os.environ["SWITCHBOARD_SANDBOX_URL"] + "/twilio/v2/PhoneNumbers/%2B"
    session = shared_session()

    async def ask() -> None:
        for number in numbers:
            url = URL(base + number[1:], encoded=True)
            async with session.get(url, params=FIELDS, headers=HEADERS) as response:
                json.loads(await response.read())

    await asyncio.gather(*(ask() for _ in range(in_flight)))
    await aclose_client()


WORK: dict[str, Callable[[list[str], int], None]] = {
    "engine": work_as_engine,
    "bare": work_bare,
    "session": work_bare_session,
}


def main(kind: str, in_flight: int) -> None:
    import django

    django.setup()
    say({"ready": True})
    for line in sys.stdin:
        numbers: list[str] = json.loads(line)
        began, cpu = time.monotonic(), time.process_time()
        WORK[kind](numbers, in_flight)
        say({"began": began, "ended": time.monotonic(), "cpu_s": time.process_time() - cpu})


def say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
