"""Reads of contacts for lists: a page of a selection and how many it has, both without a count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from contacts.models import Contact
from contacts.paging import COUNTED, Count, counted, estimated
from contacts.searching import condition_of, newest
from contacts.selection import contacts

PAGE = 50
# Beyond this, whoever needs a contact further down filters more.
LAST_PAGE = 200
# So few contacts that meet the other filters are looked at one by one.
_FEW = 20_000


@dataclass(frozen=True, slots=True)
class ContactPage:
    contacts: list[Contact]
    number: int
    has_next: bool

    @property
    def first(self) -> int:
        """The number of its first contact in the list, from 1."""
        return (self.number - 1) * PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.contacts) - 1


def page_of(
    selection: Mapping[str, Any], number: int, *, prefetch: Sequence[str] = ()
) -> ContactPage:
    """Return a page (from 1) of a selection, newest first, with companies and `prefetch`."""
    number = min(max(number, 1), LAST_PAGE)
    rows = Contact.objects.select_related("company").prefetch_related(*prefetch).order_by("-pk")
    offset, limit = (number - 1) * PAGE, PAGE + 1
    if "q" in selection:
        found = list(rows.filter(pk__in=_searched(selection, offset, limit)))
    else:
        ids = contacts(selection).order_by("-pk").values("pk")[offset : offset + limit]
        found = list(rows.filter(pk__in=ids))
    return ContactPage(found[:PAGE], number, len(found) > PAGE and number < LAST_PAGE)


def count_of(selection: Mapping[str, Any]) -> Count:
    """Return how many contacts a selection has, exact up to COUNTED."""
    if "q" not in selection:
        return counted(contacts(selection))
    number = len(_searched(selection, 0, COUNTED + 1))
    return Count(min(number, COUNTED), is_about=number > COUNTED)


def _searched(selection: Mapping[str, Any], offset: int, limit: int) -> list[int]:
    """Return ids by the search; first by the other filters, where those leave few."""
    rest = {name: value for name, value in selection.items() if name != "q"}
    rows = contacts(rest)
    if rest and estimated(rows) <= _FEW:
        return _looked_at(rows, selection["q"], offset, limit)
    return newest(rows, selection["q"], offset, limit)


def _looked_at(rows: QuerySet[Contact], typed: str, offset: int, limit: int) -> list[int]:
    """Look at the newest first, and no further than the page goes.

    Behind OFFSET 0 the other filters are planned by themselves: of the whole PostgreSQL believes
    that a third of all contacts fit a term, and reads them in the order of their ids.
    """
    seen = rows.order_by("-pk").values("id", "phone_e164", "full_name", "email", "company_id")
    few, params = seen.query.sql_with_params()
    fits, its_params = condition_of(typed)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT id FROM ({few} OFFSET 0) AS "contacts_contact" WHERE {fits}'
            " OFFSET %s LIMIT %s",
            [*params, *its_params, offset, limit],
        )
        return [pk for (pk,) in cursor.fetchall()]
