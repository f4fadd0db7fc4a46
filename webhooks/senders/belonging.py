"""Whose events may be: of one organization, where a person has named one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from webhooks.arrival import Unsigned


def belong(named: str, said: Iterable[Any], *, letters: int = 100) -> None:
    """Raise Unsigned unless every event is of the organization that a person has named.

    `letters`: how many of an id say which it is; Salesforce writes the same one with 15 or 18.
    """
    if named and any(str(one or "")[:letters] != named[:letters] for one in said):
        raise Unsigned("the events are of another organization")
