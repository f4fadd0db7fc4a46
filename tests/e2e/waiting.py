"""Waits, inside the installation, until its workers have come so far with a row."""

from __future__ import annotations

import time
from typing import TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)

PATIENCE_S = 300.0


def until(record: M, *states: str, of: str = "state") -> M:
    """Return the row once its `of` is one of these; fails when that takes over five minutes."""
    give_up_at = time.monotonic() + PATIENCE_S
    while getattr(record, of) not in states:
        assert time.monotonic() < give_up_at, f"{record} is still {getattr(record, of)}"
        time.sleep(0.1)
        record.refresh_from_db()
    return record
