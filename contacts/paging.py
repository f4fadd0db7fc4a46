"""Paging that never counts a big table: exact while that is cheap, else an estimate."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import QuerySet
from django.utils.functional import cached_property

COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are; `is_about` when nobody has counted them."""

    number: int
    is_about: bool = False

    def __str__(self) -> str:
        return f"about {self.number:,}" if self.is_about else f"{self.number:,}"


class EstimatedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to COUNTED rows; beyond that the whole table is as long as PostgreSQL believes.

    A filtered list that is longer ends at COUNTED: whoever needs a row further down filters more.
    """

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found = counted(rows)
        return min(found.number, COUNTED) if rows.query.has_filters() else found.number

    def page(self, number: int | str) -> Page:  # type: ignore[type-arg]
        """Return a page whose rows are chosen by their ids alone.

        What is joined and counted for each row is then not done for those that are passed over.
        """
        found = super().page(number)
        rows: Any = self.object_list
        shown: Any = found.object_list
        found.object_list = rows.filter(pk__in=shown.values("pk"))
        return found


def counted(rows: QuerySet[Any]) -> Count:
    """Return the number of rows, exact up to COUNTED, else as many as PostgreSQL believes."""
    number = rows.order_by()[: COUNTED + 1].count()
    if number <= COUNTED:
        return Count(number)
    is_whole = not rows.query.has_filters()
    believed = _rows_of_table(rows.model._meta.db_table) if is_whole else estimated(rows)
    return Count(max(believed, number), is_about=True)


def estimated(rows: QuerySet[Any]) -> int:
    """Return how many rows PostgreSQL expects, from what it knows of the table's values."""
    sql, params = rows.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        (plan,) = cursor.fetchone()
    read = json.loads(plan) if isinstance(plan, str) else plan
    return int(read[0]["Plan"]["Plan Rows"])


def _rows_of_table(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
        (estimate,) = cursor.fetchone()
    return int(estimate)
