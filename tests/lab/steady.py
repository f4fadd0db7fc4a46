"""Questions to the database that outlive its restarts."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection

T = TypeVar("T")
PATIENCE_S = 60.0


def steadily(ask: Callable[[], T]) -> T:
    """Return what `ask` returns, asking again while the server is away."""
    give_up_at = time.monotonic() + PATIENCE_S
    while True:
        try:
            return ask()
        except (OperationalError, InterfaceError):
            if time.monotonic() > give_up_at:
                raise
            connection.close()
            time.sleep(0.1)


def rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""

    def ask() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    return steadily(ask)


def one(sql: str, *params: Any) -> Any:
    """Return the first column of the only row."""
    ((value, *_),) = rows(sql, *params)
    return value
