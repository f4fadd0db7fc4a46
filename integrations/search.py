"""What a search for businesses is: a place and a kind of business in, pages of businesses out.

Like `provider.py` this knows neither Django nor the network.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from integrations.provider import Api, Price


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: `term` in words ("plumber", "" for any), and where.

    Where is a US ZIP or a place in words (`near`), or a circle: degrees, and `radius_m` in metres.
    """

    term: str = ""
    near: str = ""
    latitude: float | None = None
    longitude: float | None = None
    radius_m: int = 5_000

    @property
    def is_circle(self) -> bool:
        return self.latitude is not None and self.longitude is not None


@dataclass(frozen=True, slots=True)
class Business:
    """One business as a provider lists it; what it does not say is "" or None.

    `source_id` is the provider's own id; `rating` is 0 to 5; `is_closed` means for good.
    """

    source_id: str
    name: str
    phone: str = ""
    website: str = ""
    address_line: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    category: str = ""
    rating: float | None = None
    review_count: int | None = None
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Businesses in the provider's order, and the cursor of the next page, "" on the last."""

    businesses: Sequence[Business]
    cursor: str = ""


SearchAsker = Callable[[Api, Wanted, str], Awaitable[Page]]


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """One way to look for businesses; `slug` is "provider.name".

    Every page costs `price`. `most` businesses are told at the most, `page_size` at a time; a
    search that `takes_circle` needs one, others take a place in words, too; a circle has at most
    `farthest_m` metres of radius, where that is not None.
    """

    provider: str
    name: str
    label: str
    price: Price
    page_size: int
    most: int
    takes_circle: bool
    ask: SearchAsker
    keep_days: int | None = None
    note: str = ""
    farthest_m: int | None = None

    @property
    def slug(self) -> str:
        return f"{self.provider}.{self.name}"
