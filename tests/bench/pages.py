"""Times pages of the back office at a million contacts, as a signed-in administrator gets them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from tests.bench.report import Result

CONTACTS, QUICK_CONTACTS = 1_000_000, 100_000
ROUNDS = 8
TARGET_MS, TARGET_QUERIES = 150.0, 12


def measure(name: str, addresses: Mapping[str, str], *, contacts: int) -> Result:
    """Get each address again and again, in turns; the slowest twentieth of all tells."""
    client = _administrator()
    queries = {label: _queries(client, address) for label, address in addresses.items()}
    taken: dict[str, list[float]] = {label: [] for label in addresses}
    for _ in range(ROUNDS):
        for label, address in addresses.items():
            began = time.perf_counter()
            response = client.get(address)
            taken[label].append((time.perf_counter() - began) * 1000)
            assert response.status_code == 200, (label, response.status_code)
    every = [ms for one in taken.values() for ms in one]
    p95 = statistics.quantiles(every, n=20)[-1]
    most = max(queries.values())
    return Result(
        name,
        target={"p95_ms": TARGET_MS, "queries": TARGET_QUERIES},
        is_met=p95 <= TARGET_MS and most <= TARGET_QUERIES,
        p95_ms=round(p95),
        median_ms=round(statistics.median(every)),
        queries=most,
        pages={label: round(statistics.median(one)) for label, one in taken.items()},
        settings={"contacts": contacts, "rounds": ROUNDS},
    )


def addresses(
    name: str, *chosen: Mapping[str, object], args: Sequence[object] = ()
) -> dict[str, str]:
    """Return the addresses of one page with each of these parameters, by what they say."""
    from django.urls import reverse

    page = reverse(name, args=args)
    return {urlencode(one) or "all": f"{page}?{urlencode(one)}" for one in chosen}


def _administrator() -> Any:
    from django.contrib.auth.models import User
    from django.test import Client

    user, _ = User.objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    return client


def _queries(client: Any, address: str) -> int:
    """How many queries it takes; the first time also warms templates and caches."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)
