"""Invented people, firms and carriers, and a way to pick among them by a number's digits."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

Thing = TypeVar("Thing")

FIRST_NAMES = (
    "Ada", "Bruno", "Carla", "Dario", "Elena", "Farid", "Greta", "Hugo", "Ines", "Jonas",
    "Keiko", "Lamar", "Mina", "Noor", "Otis", "Petra", "Quinn", "Rosa", "Sami", "Tessa",
)  # fmt: skip
LAST_NAMES = (
    "Abara", "Birch", "Castell", "Dorn", "Eklund", "Ferro", "Galvan", "Holm", "Ibarra", "Jansen",
    "Kerr", "Lindqvist", "Moreau", "Novak", "Okoye", "Prentiss", "Quiroga", "Rask", "Sato", "Tran",
)  # fmt: skip
FIRMS = (
    "Alder Plumbing", "Brightwater Dental", "Cobble Bakery", "Dune Logistics", "Elmgate Realty",
    "Fernhill Auto", "Granite Roofing", "Hollow Oak Inn", "Ivory Tile", "Juniper Legal",
)  # fmt: skip
STREETS = ("Alder St", "Brook Ln", "Cedar Ave", "Dune Rd", "Elm Ct", "Fern Way")
TOWNS = (
    ("Alderton", "WA", "98001"), ("Brookmere", "OR", "97001"), ("Cedarfield", "CA", "90001"),
    ("Dunhaven", "TX", "75001"), ("Elmsford", "NY", "10001"),
)  # fmt: skip
# Network codes under 001, the country code that the ITU keeps for tests.
MOBILE_CARRIERS = (
    ("Bluefinch Mobile", "01"), ("Cascadia Cellular", "02"), ("Harborline Wireless", "03"),
    ("Prairie Signal", "04"),
)  # fmt: skip
LANDLINE_CARRIERS = ("Fernwood Telephone", "Granite Valley Telecom", "Old Mill Exchange")
VOIP_CARRIERS = ("Cloudkite Voice", "Packetwren", "Talkstream Networks")


class Die:
    """Draws from a key's hash: the same key always draws the same."""

    __slots__ = ("_bits",)

    def __init__(self, key: str) -> None:
        self._bits = int.from_bytes(blake2b(key.encode(), digest_size=32).digest(), "big")

    def below(self, limit: int) -> int:
        """Return the next draw, 0 <= draw < limit (at most 4096 values look even)."""
        self._bits, draw = divmod(self._bits, limit)
        return draw

    def pick(self, things: Sequence[Thing]) -> Thing:
        """Return one of the things."""
        return things[self.below(len(things))]
