"""How many questions share a request, as an account's switch says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def batch_size(options: Mapping[str, Any], most: int) -> int:
    """Return the switch `batch_size` as 1 to `most`; 1 where it is missing or no number."""
    try:
        return max(1, min(int(options.get("batch_size") or 1), most))
    except (TypeError, ValueError):
        return 1
