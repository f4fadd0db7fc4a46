"""What Apollo tells of its limits in each answer's headers: of the minute, the hour and the day.

The names are those that its users see (no page of its own lists them), November 2026.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from integrations.provider import DAY, MINUTE, Told
from integrations.reading import whole_of

# No header says when a window ends, so who has used one up tries again after this at the latest.
LONGEST = timedelta(minutes=15)
WINDOWS = (
    ("requests a minute", "minute", MINUTE),
    ("requests an hour", "hourly", timedelta(hours=1)),
    ("requests a day", "24-hour", DAY),
)


def read_limits(headers: Mapping[str, str], lookups: Collection[str]) -> list[Told]:
    """Return what is left of each window; it is Apollo's own count, the same for all endpoints."""
    now = datetime.now(UTC)
    return [
        Told(
            name,
            left,
            whole_of(headers, f"x-rate-limit-{word}"),
            per,
            None if left else now + min(per, LONGEST),
            frozenset(lookups),
        )
        for name, word, per in WINDOWS
        if (left := whole_of(headers, f"x-{word}-requests-left")) is not None
    ]
