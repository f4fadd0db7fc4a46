"""What a look at one thing comes to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a kind, with the words for it if it is too much."""

    kind: str
    subject: str
    value: float
    words: str
