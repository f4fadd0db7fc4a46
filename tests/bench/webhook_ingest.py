"""How many of Twilio's statuses a second are proved, durable and answered, and how fast.

The web server of the Procfile, over loopback; a process beside it posts signed forms over
connections that it keeps, as Twilio does. Every status is another event, so each is a row.
"""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlencode

import aiohttp
import httpx2
from twilio.request_validator import RequestValidator

from tests.bench.report import Result
from tests.integrations.sandbox.running import Running

EVENTS, QUICK_EVENTS = 20_000, 3_000
SENDERS = 48
TARGET = {"per_second": 1_000, "p99_ms": 100.0}
PATH = "/webhooks/twilio/sms-status"


def run(_sandbox: Running, *, is_quick: bool) -> Iterator[Result]:
    from webhooks import tokens
    from webhooks.models import Delivery

    events = QUICK_EVENTS if is_quick else EVENTS
    Delivery.objects.all().delete()
    with web_server() as url:
        bodies = signed(url + PATH, tokens.of("twilio", "auth_token")[0], events)
        asyncio.run(_post(url + PATH, bodies[:200]))
        began = time.perf_counter()
        times = asyncio.run(_post(url + PATH, bodies[200:]))
        seconds = time.perf_counter() - began
    assert Delivery.objects.count() == events
    per_second = len(times) / seconds
    p99 = statistics.quantiles(times, n=100)[98] * 1000
    yield Result(
        "webhook_ingest",
        target=TARGET,
        is_met=per_second >= TARGET["per_second"] and p99 <= TARGET["p99_ms"],
        per_second=round(per_second),
        p99_ms=round(p99, 1),
        median_ms=round(statistics.median(times) * 1000, 1),
        settings={"events": events, "senders": SENDERS},
    )


def signed(url: str, token: str, count: int) -> list[tuple[bytes, str]]:
    """Return forms as Twilio posts them, with their signatures."""
    validator, found = RequestValidator(token), []
    for n in range(count):
        form = {
            "MessageSid": f"SM{n:032x}", "SmsSid": f"SM{n:032x}", "MessageStatus": "delivered",
            "SmsStatus": "delivered", "To": "+14155550100", "From": "+14155550111",
            "AccountSid": "AC" + "0" * 32, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        found.append((urlencode(form).encode(), validator.compute_signature(url, form)))
    return found


async def _post(url: str, bodies: list[tuple[bytes, str]]) -> list[float]:
    times: list[float] = []
    left = iter(bodies)
    kind = "application/x-www-form-urlencoded"

    async def send(session: aiohttp.ClientSession) -> None:
        for body, signature in left:
            began = time.perf_counter()
            headers = {"Content-Type": kind, "X-Twilio-Signature": signature}
            async with session.post(url, data=body, headers=headers) as response:
                await response.read()
                assert response.status == 200, response.status
            times.append(time.perf_counter() - began)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=SENDERS)) as session:
        await asyncio.gather(*(send(session) for _ in range(SENDERS)))
    return times


@contextmanager
def web_server() -> Iterator[str]:
    """Start the Procfile's web server on a free port and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "config.wsgi", "--preload", "--no-control-socket",
        "--worker-class", "config.web.Worker", "--workers", "2",
        "--threads", os.environ.get("WT", "16"),
        "--keep-alive", "5",
        "--bind", f"127.0.0.1:{port}", "--log-level", "error",
    ]  # fmt: skip
    process = subprocess.Popen(command)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            with suppress(httpx2.TransportError):
                httpx2.get(f"{url}/health", trust_env=False)
                break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(30)
