"""Paging that never counts a big table: exact while that is cheap, else an estimate."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import connection
from django.utils.functional import cached_property

COUNTED = 10_000


class EstimatedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts up to COUNTED rows; beyond that the whole table is as long as PostgreSQL believes.

    A filtered list that is longer ends at COUNTED: whoever needs a row further down filters more.
    """

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        counted = int(rows.order_by()[: COUNTED + 1].count())
        if counted <= COUNTED or rows.query.has_filters():
            return min(counted, COUNTED)
        return max(counted, _estimated_rows(rows.model._meta.db_table))


def _estimated_rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
        (estimate,) = cursor.fetchone()
    return int(estimate)
