"""What the rooms above tell this one's pages, which must not import those rooms.

`dashboards` fills this in when Django starts; without it the pages show ids instead of names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from integrations.models import Account


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run that stands still until an account is mended; `permission` is that of its page."""

    name: str
    why: str
    link: str
    permission: str


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Questions for rooms above; each is one query."""

    waiting_runs: Callable[[Account], list[Waiting]] = lambda account: []
    contacts_with: Callable[[str], list[int]] = lambda number: []
    contact_names: Callable[[Collection[int]], Mapping[int, str]] = lambda ids: {}
    run_span: Callable[[int], tuple[datetime, datetime | None] | None] = lambda run_id: None


_known = Neighbours()


def neighbours() -> Neighbours:
    return _known


def introduce(**functions: Callable[..., object]) -> None:
    """Let a room above answer some of the questions; called by its AppConfig."""
    global _known  # noqa: PLW0603 - set once, when Django starts
    _known = replace(_known, **functions)  # type: ignore[arg-type]  # named as the fields are
