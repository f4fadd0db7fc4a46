"""Since when nothing has moved in each queue: a long one that is worked on does not stand still."""

from __future__ import annotations

import time
from collections.abc import Mapping

from dashboards.models import AlertRound
from dashboards.queues import Line


def still_s(lines: Mapping[str, Line]) -> dict[str, float]:
    """Return for how many seconds each queue, by its key, has had due work and done none of it.

    Remembers how much is left for the next look; what is seen for the first time moves.
    """
    now = time.time()
    kept, _ = AlertRound.objects.get_or_create(id=1)
    moves: dict[str, list[float]] = {}
    for key, line in lines.items():
        left, since = kept.moves.get(key, (None, now))
        moves[key] = [line.left, min(since, now) if left == line.left else now]
    if moves != kept.moves:
        AlertRound.objects.filter(id=1).update(moves=moves)
    return {key: min(line.waits_s, now - moves[key][1]) for key, line in lines.items()}
