"""How long a run will take: as long as its slowest provider, and no shorter than we can work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.conf import settings

from integrations.accounts import Accounts
from integrations.calls import AccountView
from integrations.errors import CallError
from integrations.provider import Lookup

SECONDS_PER_CALL = 0.3
CALLS_PER_SECOND_PER_PROCESS = 900


def requests(steps: Mapping[str, Lookup], asked: Mapping[str, float]) -> dict[str, float]:
    """Return the requests by provider; `asked` counts questions by lookup.

    Lookups that are gathered share a request.
    """
    groups: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for slug, count in asked.items():
        step = steps[slug]
        key = step.gather.name if step.gather else slug
        groups[step.provider][key] = max(groups[step.provider].get(key, 0.0), count)
    return {provider: sum(each.values()) for provider, each in groups.items()}


def seconds(requests_of: Mapping[str, float], accounts: Accounts) -> int:
    """Return the time that limits, latency and our own speed allow; providers work side by side."""
    total = sum(requests_of.values())
    if not total:
        return 0
    own_s = total / float(CALLS_PER_SECOND_PER_PROCESS * settings.WORKER_PROCESSES)
    slowest_s = max(_seconds(slug, count, accounts) for slug, count in requests_of.items())
    return round(max(own_s, slowest_s)) + 1


def _seconds(slug: str, count: float, accounts: Accounts) -> float:
    view = _view(accounts, slug)
    if view is None:
        return 0.0
    # A window lets its limit through at once, and as much again when it is over.
    windows = [max(0.0, count / limit - 1) * window_s for limit, window_s in view.windows]
    return max([count * SECONDS_PER_CALL / view.max_in_flight, *windows])


def _view(accounts: Accounts, slug: str) -> AccountView | None:
    try:
        return accounts.view(slug)
    except CallError:
        return None
