"""What a discovery will ask and cost, before it does: pages at least, expected and at most.

Pages that are among the answers already are free, and tell how many businesses their place has.
Where nothing is known, a place is expected to hold what the search has brought per place so far.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import ceil
from typing import Any

from django.db.models import Count
from django.utils import timezone

from enrichment.discovery import pages
from enrichment.discovery.pages import pages_at_most
from enrichment.models import Discovery, DiscoveryFind, DiscoveryPlace
from integrations.accounts import Accounts
from integrations.errors import CallError
from integrations.registry import search
from integrations.search import Search, Wanted

# A guess until something was searched: what the first page of a search brings.
USUALLY_FOUND = 20.0
LOOKED_AT = 500  # the newest places of which we know what they hold
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Known:
    """What the answers say of a search in a place: pages there, found on them, is there more."""

    pages: int = 0
    found: int = 0
    has_more: bool = True


Signature = tuple[Known, ...]


@dataclass(slots=True)
class Range:
    """Pages to buy in one place, by search: at least, expected, at most."""

    least: tuple[float, ...]
    expected: tuple[float, ...]
    most: tuple[float, ...]


def estimate(discovery: Discovery, wanted: Sequence[Wanted]) -> dict[str, Any]:
    """Return the estimate of a discovery over these places, as it is kept."""
    accounts = Accounts()
    accounts.refresh()
    searches = [accounts.priced(search(slug)) for slug in discovery.searches]
    seen = {one.slug: usually_found(one, discovery.is_sandbox) for one in searches}
    signatures = Counter(known(searches, wanted, discovery.per_place, discovery.is_sandbox))
    sums = {name: [0.0] * len(searches) for name in ("least", "expected", "most")}
    for signature, count in signatures.items():
        one = pages_of(tuple(searches), signature, discovery.per_place, tuple(seen.values()))
        for name, total in sums.items():
            for at, page_count in enumerate(getattr(one, name)):
                total[at] += page_count * count
    rows = [
        _row(one, [sums[name][at] for name in sums], _kept(signatures, at), seen[one.slug])
        for at, one in enumerate(searches)
    ]
    return {
        "made_at": timezone.now().isoformat(),
        "places": len(wanted),
        "searches": rows,
        "problems": problems(searches),
        **{
            name: str(sum((Decimal(row[name]) for row in rows), ZERO))
            for name in ("min_usd", "expected_usd", "max_usd")
        },
        "calls": sum(row["expected"] for row in rows),
        "free": sum(row["kept"] for row in rows),
    }


def _row(of: Search, counts: Sequence[float], kept: int, seen: float) -> dict[str, Any]:
    least, expected, most = (ceil(count - 1e-9) for count in counts)
    price = of.price.usd
    return {
        "search": of.slug, "label": of.label, "page_size": of.page_size, "price_usd": str(price),
        "kept": kept, "least": least, "expected": expected, "most": most, "seen": round(seen, 1),
        "min_usd": str(price * least), "expected_usd": str(price * expected),
        "max_usd": str(price * most),
    }  # fmt: skip


def _kept(signatures: Counter[Signature], at: int) -> int:
    return sum(signature[at].pages * count for signature, count in signatures.items())


def known(
    searches: Sequence[Search], wanted: Sequence[Wanted], per_place: int, is_sandbox: bool
) -> Iterable[Signature]:
    """Yield what the answers say of each place."""
    keys = [
        [
            [
                pages.page_key(one, place, number, is_sandbox=is_sandbox)
                for number in range(pages_at_most(one, per_place))
            ]
            for one in searches
        ]
        for place in wanted
    ]
    flat = (key for place in keys for of_search in place for key in of_search)
    fresh = pages.fresh(flat, with_raw=False)
    for place in keys:
        yield tuple(_of_keys(of_search, fresh) for of_search in place)


def _of_keys(keys: Sequence[Any], fresh: dict[Any, pages.Kept]) -> Known:
    count = found = 0
    for key in keys:
        page = fresh.get(key)
        if page is None or page.is_held:
            return Known(count, found)
        count, found = count + 1, found + page.found
        if not page.has_more:
            return Known(count, found, has_more=False)
    return Known(count, found, has_more=False)


@lru_cache(maxsize=10_000)
def pages_of(
    searches: tuple[Search, ...], signature: Signature, per_place: int, seen: tuple[float, ...]
) -> Range:
    """Return how many pages one place takes of each search."""
    most = tuple(
        float(pages_at_most(one, per_place) - there.pages) if there.has_more else 0.0
        for one, there in zip(searches, signature, strict=True)
    )
    return Range(
        _least(searches, signature, per_place, most),
        _expected(searches, signature, per_place, seen, most),
        most,
    )


def _least(
    searches: Sequence[Search], signature: Signature, need: int, most: Sequence[float]
) -> tuple[float, ...]:
    """Return the cheapest way through: each search may end early, or fill the place."""
    if not searches or need <= 0:
        return (0.0,) * len(searches)
    first, there = searches[0], signature[0]
    ways = []
    for count in range(min(1, int(most[0])), int(most[0]) + 1):
        told = there.found + count * first.page_size
        rest = _least(searches[1:], signature[1:], need - told, most[1:])
        ways.append((float(count), *rest))
    return min(ways, key=lambda way: _price(searches, way))


def _price(searches: Sequence[Search], way: Sequence[float]) -> float:
    return sum(float(one.price.usd) * count for one, count in zip(searches, way, strict=True))


def _expected(
    searches: Sequence[Search],
    signature: Signature,
    per_place: int,
    seen: Sequence[float],
    most: Sequence[float],
) -> tuple[float, ...]:
    need, counts = float(per_place), []
    for one, there, usual, limit in zip(searches, signature, seen, most, strict=True):
        told = max(float(there.found), usual) if there.has_more else float(there.found)
        to_read = max(1.0, ceil(min(told, need) / one.page_size)) - there.pages
        counts.append(min(limit, max(0.0, to_read)) if need > 0 else 0.0)
        need -= told
    return tuple(counts)


def usually_found(of: Search, is_sandbox: bool) -> float:
    """Return how many businesses a search has brought per place lately."""
    places = DiscoveryPlace.objects.filter(
        state="done", discovery__is_sandbox=is_sandbox, trace__has_key=of.slug
    )
    ids = list(places.order_by("-pk").values_list("pk", flat=True)[:LOOKED_AT])
    if not ids:
        return min(USUALLY_FOUND, float(of.most))
    finds = DiscoveryFind.objects.filter(place__in=ids, search=of.slug)
    count: int = finds.aggregate(n=Count("pk"))["n"]
    return count / len(ids)


def problems(searches: Sequence[Search]) -> list[str]:
    """Return why searches can't be asked now, in words."""
    accounts, found = Accounts(), dict[str, str]()
    accounts.refresh()
    for one in searches:
        try:
            accounts.view(one.provider)
        except CallError as why:
            found.setdefault(one.provider, str(why))
    return list(found.values())
