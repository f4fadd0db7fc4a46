"""Selections: which contacts something is about, as filters that are kept and read again.

A list's address, a run, an export and a bulk action all speak of contacts in these words, so that
what a person saw filtered is what is worked on. A selection is a dict of filter name to value, with
JSON's types only. Rooms above add filters of their own when they start (`add_filters`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db.models import QuerySet

from contacts.filters import (
    FILTERS,
    IDS_LIMIT,
    LINE_TYPES,
    Filter,
    one_of,
    read_id,
    read_yes_or_no,
    short_ids,
)
from contacts.models import Contact

__all__ = [
    "FILTERS", "IDS_LIMIT", "LINE_TYPES", "Filter", "Selection", "SelectionRefused", "add_filters",
    "as_query", "contacts", "in_words", "of_address", "one_of", "read", "read_id",
    "read_yes_or_no", "written",
]  # fmt: skip

Selection = dict[str, Any]


class SelectionRefused(ValueError):
    """A selection names a filter that does not exist, or one that means nothing."""


def contacts(selection: Mapping[str, Any]) -> QuerySet[Contact]:
    """Return the contacts that meet every filter, unordered; no filter selects all.

    Raises SelectionRefused when it names a filter that does not exist.
    """
    if unknown := set(selection) - set(FILTERS):
        raise SelectionRefused(f"unknown filter: {', '.join(sorted(unknown))}")
    found: QuerySet[Contact] = Contact.objects.order_by()
    for name, value in selection.items():
        found = found.filter(FILTERS[name].condition(value))
    return found


def read(params: Mapping[str, str]) -> tuple[Selection, list[str]]:
    """Return the selection that an address's parameters say, and a notice for each broken one.

    Names that are no filters are somebody else's (the page, the order) and left alone.
    """
    chosen: Selection = {}
    notices: list[str] = []
    for name, text in params.items():
        if name not in FILTERS or not text.strip():
            continue
        known = FILTERS[name]
        try:
            chosen[name] = known.read(text.strip())
        except ValueError:
            notices.append(f"The filter “{known.label}” was left out: {text[:40]!r} means nothing.")
    return chosen, notices


def of_address(typed: str) -> Selection:
    """Return the selection of a list's address, or of what stands behind its question mark.

    Raises SelectionRefused for a filter that means nothing, and where there is none in it.
    """
    query = urlsplit(typed).query if "?" in typed else typed
    chosen, notices = read(dict(parse_qsl(query.strip())))
    if notices:
        raise SelectionRefused(" ".join(notices))
    if typed.strip() and not chosen:
        raise SelectionRefused("No filter is in it: for example line_type=mobile.")
    return chosen


def as_query(selection: Mapping[str, Any]) -> str:
    """Return the selection as the parameters of an address, which `read` reads again."""
    return urlencode({name: written(value) for name, value in selection.items()})


def in_words(selection: Mapping[str, Any]) -> str:
    """Return what a person reads above a list, an export or a run: "failed, line type mobile"."""
    said = [FILTERS[name].say(value) for name, value in selection.items() if name in FILTERS]
    return ", ".join(said) or "all contacts"


def add_filters(filters: Iterable[Filter]) -> None:
    """Let another room's filters be used; called by its AppConfig when Django starts."""
    FILTERS.update({one.name: one for one in filters})


def written(value: Any) -> str:
    """Return a filter's value as it stands in an address."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return short_ids(value) if isinstance(value, list) else str(value)
