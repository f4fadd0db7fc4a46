"""Pages of businesses as answers: asked once, kept as long as the provider lets them be kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import ceil
from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from enrichment.models import Answer, DiscoveryFind
from enrichment.questions import key_of
from integrations.registry import searches
from integrations.search import Business, Page, Search, Wanted

KEEP_DAYS = 30  # where the provider sets no limit of its own
_BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A page that stands among the answers: `raw` is our form of it, None where it is held."""

    answer_id: UUID
    observed_at: datetime
    found: int
    has_more: bool
    raw: dict[str, Any] | None = None
    is_held: bool = False

    @property
    def businesses(self) -> Sequence[dict[str, Any]]:
        listed: Sequence[dict[str, Any]] = (self.raw or {}).get("businesses", [])
        return listed

    @property
    def cursor(self) -> str:
        return str((self.raw or {}).get("cursor", ""))


@dataclass(frozen=True, slots=True)
class PageAsk:
    """One page of one search in one place, 0 the first."""

    discovery_id: int
    is_sandbox: bool
    search: Search
    wanted: Wanted
    number: int = 0
    cursor: str = ""

    @property
    def key(self) -> UUID:
        return page_key(self.search, self.wanted, self.number, is_sandbox=self.is_sandbox)

    @property
    def budget_key(self) -> str:
        return f"discovery:{self.discovery_id}"


def pages_at_most(search: Search, per_place: int) -> int:
    """Return how many pages of a search bring `per_place` businesses, as far as it tells them."""
    return max(1, ceil(min(per_place, search.most) / search.page_size))


def page_key(search: Search, wanted: Wanted, number: int, *, is_sandbox: bool) -> UUID:
    """Return the key of a page, 0 the first; the cursor is the provider's and no part of it."""
    place = (
        f"{wanted.latitude:.6f},{wanted.longitude:.6f},{wanted.radius_m}"
        if wanted.is_circle
        else wanted.near.casefold()
    )
    mode = "sandbox" if is_sandbox else "live"
    return key_of(f"{mode}|{search.slug}|{wanted.term.casefold()}|{place}|{number}")


def written(page: Page) -> dict[str, Any]:
    """Return a page as it is kept."""
    return {"cursor": page.cursor, "businesses": [_plain(one) for one in page.businesses]}


def _plain(business: Business) -> dict[str, Any]:
    known = {name: value for name, value in asdict(business).items() if value not in ("", None)}
    return {
        name: value.replace("\0", "") if isinstance(value, str) else value
        for name, value in known.items()
    }


def facts_of(page: Page) -> dict[str, list[Any]]:
    """Return what an estimate wants to know of a page, in the form of an answer's facts."""
    return {"found": [len(page.businesses), 1.0], "more": [bool(page.cursor), 1.0]}


def keep_for(search: Search) -> timedelta:
    """Return how long a page may be kept."""
    return timedelta(days=KEEP_DAYS if search.keep_days is None else search.keep_days)


def fresh(keys: Iterable[UUID], *, with_raw: bool = True) -> dict[UUID, Kept]:
    """Return the newest page by key that is not stale; one whose call's outcome is held as such."""
    columns = ["question_key", "id", "outcome", "facts", "observed_at"]
    found: dict[UUID, Kept] = {}
    for block in _blocks(keys):
        rows = Answer.objects.filter(question_key__in=block, expires_at__gt=Now())
        rows = rows.exclude(outcome=Answer.Outcome.BROKEN)
        names = [*columns, "raw"] if with_raw else columns
        for key, id_, outcome, facts, at, *raw in rows.order_by("observed_at").values_list(*names):
            count, more = (facts.get(name, [0])[0] for name in ("found", "more"))
            is_held = outcome == Answer.Outcome.UNKNOWN
            found[key] = Kept(id_, at, count, bool(more), raw[0] if raw else None, is_held)
    return found


def _blocks(keys: Iterable[UUID]) -> Iterator[list[UUID]]:
    rest = iter(keys)
    while block := list(islice(rest, _BLOCK)):
        yield block


def forget_stale() -> None:
    """Empty what the providers no longer let us keep: stale pages, and the listings of old finds.

    What became golden fields has its own provenance, and goes by its own age.
    """
    now = datetime.now(UTC)
    for of in searches().values():
        stale = Answer.objects.filter(lookup=of.slug, expires_at__lte=now, raw__isnull=False)
        stale.update(raw=None)
        old = DiscoveryFind.objects.filter(
            search=of.slug, is_settled=True, observed_at__lte=now - keep_for(of)
        )
        old.exclude(business={}).update(business={})
