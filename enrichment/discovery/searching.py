"""Searching one place: its searches in order, page after page, until enough is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from enrichment.discovery.asking import Got
from enrichment.discovery.listing import Listing, keys_of
from enrichment.discovery.pages import PageAsk, pages_at_most
from integrations.errors import (
    AccountUnusable,
    CallError,
    CredentialRejected,
    NotEntitled,
    OverBudget,
    QuotaExhausted,
    Refused,
    Throttled,
    Transient,
)
from integrations.registry import UnknownSearch, search
from integrations.search import Search, Wanted

MAX_TRIES = 3
FIRST_PAUSE_S = 5.0
ZERO = Decimal(0)
# The provider can't be asked until somebody acts; another search may do meanwhile.
SHUT = (AccountUnusable, CredentialRejected, QuotaExhausted, NotEntitled)


@dataclass(frozen=True, slots=True)
class Place:
    """A claimed place with what its discovery wants; `earlier` is the trace of earlier tries."""

    id: int
    tries: int
    discovery_id: int
    is_sandbox: bool
    searches: tuple[str, ...]
    per_place: int
    wanted: Wanted
    earlier: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Found:
    """A business that a search listed, with the page that lists it."""

    search: str
    business: dict[str, Any]
    got: Got


@dataclass(slots=True)
class Searched:
    """How a place ended: `ending` is "done", "failed" or "released" (it waits until `due_at`).

    `blocks` says what keeps the whole discovery from going on ("cap:…", "provider:…", "mode").
    """

    place: Place
    ending: str = "done"
    error: str = ""
    due_at: datetime | None = None
    is_try: bool = True
    blocks: str = ""
    found: list[Found] = field(default_factory=list)
    trace: dict[str, dict[str, Any]] = field(default_factory=dict)
    usd: Decimal = ZERO


class Pages(Protocol):
    """Where pages come from; raises CallError and what stops the whole discovery."""

    async def page(self, ask: PageAsk) -> Got: ...


async def search_place(place: Place, pages: Pages) -> Searched:
    """Ask the searches in order until `per_place` different businesses are found."""
    ended, met = Searched(place), Listing()
    errors: list[tuple[str, CallError]] = []
    for slug in place.searches:
        if met.count >= place.per_place:
            ended.trace[slug] = {"why": "not asked: enough was found before"}
            continue
        try:
            await _search(search(slug), ended, met, pages)
        except UnknownSearch as gone:
            ended.trace[slug] = {"why": str(gone)}
        except CallError as error:
            if isinstance(error, OverBudget) or error.code == "mode":
                return _stand_still(ended, slug, error)
            ended.trace.setdefault(slug, {}).update(
                error=type(error).__name__, why=str(error)[:200]
            )
            errors.append((slug, error))
    return _end(ended, met, errors)


async def _search(of: Search, ended: Searched, met: Listing, pages: Pages) -> None:
    """Ask one search page by page; a page that brings nothing new is the last."""
    place = ended.place
    told = _begin(place.earlier.get(of.slug, {}))
    ended.trace[of.slug] = told
    seen: set[str] = set()
    cursor = ""
    for number in range(pages_at_most(of, place.per_place)):
        ask = PageAsk(place.discovery_id, place.is_sandbox, of, place.wanted, number, cursor)
        got = await pages.page(ask)
        _note(told, got)
        ended.usd += got.usd
        fresh = [one for one in got.kept.businesses if listed_id(one) not in seen]
        for business in fresh:
            if met.count >= place.per_place:
                return
            seen.add(listed_id(business))
            met.meet(len(ended.found), keys_of(business))
            ended.found.append(Found(of.slug, business, got))
            told["found"] += 1
        cursor = got.kept.cursor
        if not cursor or not fresh:
            return


def listed_id(business: dict[str, Any]) -> str:
    """Return the provider's id, else what stands for it."""
    known = business.get("source_id") or "|".join(
        str(business.get(name, "")) for name in ("name", "phone", "address_line")
    )
    return str(known)[:255]


def _begin(earlier: dict[str, Any]) -> dict[str, Any]:
    """Return a search's trace; what earlier tries bought stays bought."""
    return {
        "pages": 0, "found": 0, "bought": earlier.get("bought", 0),
        "usd": earlier.get("usd", "0"), "calls": [*earlier.get("calls", ())],
    }  # fmt: skip


def _note(told: dict[str, Any], got: Got) -> None:
    told["pages"] += 1
    told["usd"] = str(Decimal(told["usd"]) + got.usd)
    if got.call_id:
        told["bought"] += 1
        told["calls"].append(got.call_id)


def _end(ended: Searched, met: Listing, errors: list[tuple[str, CallError]]) -> Searched:
    """Settle how the place ends: an error that may pass is waited for, others are put up with."""
    if met.count >= ended.place.per_place:
        return ended
    passing = [error for _, error in errors if _may_pass(error)]
    if passing:
        return _wait(ended, passing)
    asked = [one for one in ended.trace.values() if one.get("pages")]
    shut = [(slug, error) for slug, error in errors if isinstance(error, SHUT)]
    if shut and not asked and len(errors) == len(shut):
        return _stand_still(ended, *shut[0])
    if errors and not asked:
        ended.ending, ended.error = "failed", str(errors[0][1])[:300]
    return ended


def _may_pass(error: CallError) -> bool:
    return not isinstance(error, SHUT) and (
        isinstance(error, Transient | Throttled) or (isinstance(error, Refused) and _is_soon(error))
    )


def _is_soon(error: Refused) -> bool:
    """A circuit or a rate tells when; what a person has to decide on does not."""
    return error.acts != "operator"


def _wait(ended: Searched, errors: list[CallError]) -> Searched:
    """Let the place wait its turn; what was found stays among the answers, and costs nothing."""
    place, error = ended.place, errors[0]
    is_try = any(isinstance(one, Transient) for one in errors)
    if is_try and place.tries >= MAX_TRIES:
        if not ended.found:
            ended.ending = "failed"
        ended.error = f"given up after {place.tries} tries: {error}"[:300]
        return ended
    pause_s = error.retry_after_s or FIRST_PAUSE_S * 2 ** max(0, place.tries - 1)
    due_at = error.retry_at or datetime.now(UTC) + timedelta(seconds=pause_s)
    ended.ending, ended.error, ended.due_at, ended.is_try = "released", str(error), due_at, is_try
    return ended


def _stand_still(ended: Searched, slug: str, error: CallError) -> Searched:
    ended.ending, ended.is_try, ended.error = "released", False, str(error)[:300]
    if isinstance(error, OverBudget):
        ended.blocks = f"cap:{error.code}"
    else:
        ended.blocks = "mode" if error.code == "mode" else f"provider:{slug.partition('.')[0]}"
    return ended
