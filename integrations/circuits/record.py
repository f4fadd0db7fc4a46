"""What is known of one circuit, and the rules by which that changes; pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from uuid import uuid4

FAILURES_KEPT_S = 60.0
TRIAL_LOOK_S = 1.0
"""How soon a call refused because of another's trial may ask again: trials end in a call's time."""

LOST = "lost"
"""Stands for a trial that somebody may hold, after Redis has lost who."""


@dataclass(frozen=True, slots=True)
class CircuitState:
    """A circuit as a person sees it; `state` is "closed", "open" or "half-open" (a trial is out).

    `retry_at` is None for a closed circuit and for one opened by hand, which nothing but a reset
    closes; `reason` and `by` say why and by whom it was opened by hand.
    """

    key: str
    state: str
    failures: int
    opened_at: datetime | None
    retry_at: datetime | None
    last_error: str
    reason: str
    by: str

    @property
    def is_by_hand(self) -> bool:
        return self.state != "closed" and self.retry_at is None


@dataclass(frozen=True, slots=True)
class Record:
    """One circuit; times are seconds since 1970 on Redis's clock, 0 is never.

    Each rule returns the changed record, or `self` when it changes nothing.
    """

    failures: int = 0
    failed_at: float = 0.0
    opened_at: float = 0.0
    reset_s: float = 60.0
    trial: str = ""
    trial_until: float = 0.0
    changed_at: float = 0.0
    by_hand: bool = False
    last_error: str = ""
    reason: str = ""
    by: str = ""

    @property
    def is_open(self) -> bool:
        return self.opened_at > 0

    def is_due(self, now: float) -> bool:
        """Return whether a trial may start."""
        is_time = now >= self.opened_at + self.reset_s and now >= self.trial_until
        return self.is_open and not self.by_hand and is_time

    def retry_at(self, now: float) -> float | None:
        """Return when to ask again; None when closed or opened by hand."""
        if not self.is_open or self.by_hand:
            return None
        if self.trial_until > now:
            return min(self.trial_until, now + TRIAL_LOOK_S)
        return self.opened_at + self.reset_s

    def failed(self, now: float, fail_max: int, reset_s: float, error: str) -> Record:
        """Count a failure, and open at the `fail_max`th; an open circuit counts nothing."""
        if self.is_open:
            return self
        earlier = self.failures if now < self.failed_at + FAILURES_KEPT_S else 0
        counted = replace(
            self, failures=earlier + 1, failed_at=now, last_error=error, changed_at=now
        )
        if counted.failures < fail_max:
            return counted
        return replace(counted, opened_at=now, reset_s=reset_s)

    def succeeded(self, now: float) -> Record:
        """Forget the failures; a success that comes late closes nothing."""
        if self.is_open or not self.failures:
            return self
        return replace(self, failures=0, changed_at=now)

    def tried(self, now: float, token: str, lease_s: float) -> Record:
        """Give the trial to `token`, if it is due."""
        if not self.is_due(now):
            return self
        return replace(self, trial=token, trial_until=now + lease_s, changed_at=now)

    def trial_passed(self, now: float, token: str) -> Record:
        return self._closed(now) if self._is_trial_of(token) else self

    def trial_failed(self, now: float, token: str, error: str) -> Record:
        """Begin the next window of `reset_s`."""
        if not self._is_trial_of(token):
            return self
        without = replace(self, trial="", trial_until=0.0, last_error=error)
        return replace(without, opened_at=now, failed_at=now, changed_at=now)

    def trial_released(self, now: float, token: str) -> Record:
        """Give the trial back unused; the next call may have it at once."""
        if not self._is_trial_of(token):
            return self
        return replace(self, trial="", trial_until=0.0, changed_at=now)

    def opened_by_hand(self, now: float, reason: str, by: str) -> Record:
        opened_at = self.opened_at or now
        without = replace(self, trial="", trial_until=0.0, changed_at=now)
        return replace(without, opened_at=opened_at, by_hand=True, reason=reason, by=by)

    def reset(self, now: float) -> Record:
        return self._closed(now) if self.is_open or self.failures else self

    def rewritten(self, now: float, lease_s: float) -> Record:
        """Return this open record for a Redis that has lost it (see LOST)."""
        return self.tried(now, LOST, lease_s)

    def shown(self, key: str, now: float) -> CircuitState:
        is_tried = self.is_open and self.trial_until > now
        state = "half-open" if is_tried else "open" if self.is_open else "closed"
        opened_at = moment(self.opened_at) if self.is_open else None
        retry_at = moment(self.retry_at(now))
        says = (self.last_error, self.reason, self.by)
        return CircuitState(key, state, self.failures, opened_at, retry_at, *says)

    def encoded(self) -> bytes:
        """Return the record as stored; no two encodings are equal, so a swap compares identity."""
        return json.dumps({**asdict(self), "stamp": uuid4().hex}).encode()

    @classmethod
    def decoded(cls, raw: bytes) -> Record:
        """Return the stored record; one that is missing or unreadable is a closed circuit."""
        try:
            stored = json.loads(raw)
            return cls(**{f.name: stored[f.name] for f in fields(cls) if f.name in stored})
        except (ValueError, TypeError):
            return cls()

    def _closed(self, now: float) -> Record:
        return Record(changed_at=now, last_error=self.last_error, reset_s=self.reset_s)

    def _is_trial_of(self, token: str) -> bool:
        return self.is_open and not self.by_hand and self.trial in (token, LOST)


def moment(at: float | None) -> datetime | None:
    """Return seconds since 1970 as a datetime in UTC."""
    return None if at is None else datetime.fromtimestamp(at, UTC)
