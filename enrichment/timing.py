"""How long a run will take: as long as its slowest provider, and no shorter than we can work."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from time import time

from django.conf import settings

from integrations import telling
from integrations.accounts import Accounts
from integrations.calls import AccountView
from integrations.errors import CallError
from integrations.limits.memo import Noted
from integrations.provider import Lookup
from integrations.registry import provider

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
    return {slug: sum(each.values()) for slug, each in groups.items()}


def seconds(
    requests_of: Mapping[str, float], accounts: Accounts, asked: Mapping[str, float]
) -> int:
    """Return the time that limits, latency and our own speed allow; providers work side by side.

    Limits are those of the accounts, and those that providers told of themselves.
    """
    total = sum(requests_of.values())
    if not total:
        return 0
    own_s = total / float(CALLS_PER_SECOND_PER_PROCESS * settings.WORKER_PROCESSES)
    slowest_s = max(_seconds(slug, count, accounts) for slug, count in requests_of.items())
    told_s = told_seconds(asked, _ids(asked, accounts), in_sandbox=accounts.is_sandbox)
    return round(max(own_s, slowest_s, told_s)) + 1


def told_seconds(asked: Mapping[str, float], ids: Mapping[str, int], *, in_sandbox: bool) -> float:
    """Return how long what is still to be asked takes by what providers told of their limits.

    `asked` counts questions by lookup, `ids` are the accounts' by provider. Of credits that do not
    come back by themselves nothing is said here (`shortages`).
    """
    told = _told(asked, ids, in_sandbox=in_sandbox)
    return max((_told_wait_s(one, count) for _, one, count in told), default=0.0)


def shortages(asked: Mapping[str, float], accounts: Accounts) -> list[str]:
    """Return in words of what less is left than will be asked, and none comes by itself."""
    told = _told(asked, _ids(asked, accounts), in_sandbox=accounts.is_sandbox)
    return [
        f"{provider(slug).label}: it told us of {one.left:,} {one.told.name} left; about"
        f" {count:,.0f} questions will be asked"
        for slug, one, count in told
        if one.left is not None and count > one.left and not (one.told.per or one.told.resets_at)
    ]


def _told(
    asked: Mapping[str, float], ids: Mapping[str, int], *, in_sandbox: bool
) -> list[tuple[str, Noted, float]]:
    """Return every limit that was told: its provider, and how many questions it concerns."""
    told = telling.told(ids.values(), in_sandbox=in_sandbox)
    return [
        (slug, one, sum(count for name, count in asked.items() if _counts(one, name, slug)))
        for slug, account_id in ids.items()
        for one in told.get(account_id, ())
    ]


def _ids(asked: Mapping[str, float], accounts: Accounts) -> dict[str, int]:
    slugs = {slug.partition(".")[0] for slug in asked}
    views = {slug: _view(accounts, slug) for slug in sorted(slugs)}
    return {slug: view.id for slug, view in views.items() if view}


def _counts(one: Noted, lookup: str, slug: str) -> bool:
    owner, _, name = lookup.partition(".")
    return owner == slug and one.told.concerns((name,))


def _told_wait_s(one: Noted, count: float) -> float:
    """Return how long until the last of so many questions may be asked under one limit."""
    told, per_s = one.told, one.told.per.total_seconds() if one.told.per else 0.0
    if one.left is None:
        return max(0.0, count / told.limit - 1) * per_s if told.limit else 0.0
    if count <= one.left:
        return 0.0
    first_s = max(0.0, one.resets_s - time()) if told.resets_at else per_s
    more = math.ceil((count - one.left) / told.limit) - 1 if told.limit else 0
    return first_s + more * per_s


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
