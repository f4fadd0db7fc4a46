"""How often and how patiently a call is repeated: tenacity, told about Retry-After."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_result,
    stop_after_attempt,
    stop_after_delay,
    wait_exponential_jitter,
)

from integrations.errors import CallError, Refused
from integrations.exchange import Incoming


class Outcome(NamedTuple):
    """What an attempt brought: an answer, an error, or both; `is_last` where none may follow."""

    incoming: Incoming | None
    error: CallError | None
    is_last: bool = False

    def followed_by(self, other: Outcome) -> Outcome:
        """Return what holds after another attempt.

        An attempt that we refused ourselves says less than the one before it, which was sent and
        may be owed: that one stays, and says when to ask again.
        """
        if not isinstance(other.error, Refused) or self.error is None:
            return other
        self.error.retry_at = other.error.retry_at
        return self._replace(is_last=True)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How a failure that may pass is repeated: at most `attempts`, none after `total_s`.

    Between two there are `first_wait_s` · 2ⁿ and up to `first_wait_s` of jitter, but not more than
    `longest_wait_s`; to that comes the wait that the provider asked for. One beyond `obey_s` ends
    the call at once, with `retry_after_s` in its error, so that the item can wait elsewhere.
    """

    attempts: int = 4
    total_s: float = 30.0
    first_wait_s: float = 0.5
    longest_wait_s: float = 10.0
    obey_s: float = 60.0

    def repeats(self, outcome: Outcome) -> bool:
        """Tell whether another attempt may follow."""
        error = outcome.error
        if not error or not error.retries or outcome.is_last:
            return False
        return (error.retry_after_s or 0.0) <= self.obey_s

    def patience(self, spent_s: float) -> AsyncRetrying:
        """Return tenacity for one call that has already taken `spent_s`."""
        return AsyncRetrying(
            retry=retry_if_result(self.repeats),
            wait=self._wait_s,
            stop=stop_after_attempt(self.attempts) | stop_after_delay(self.total_s - spent_s),
            retry_error_callback=_last,
        )

    def _wait_s(self, state: RetryCallState) -> float:
        own = wait_exponential_jitter(
            multiplier=self.first_wait_s, max=self.longest_wait_s, jitter=self.first_wait_s
        )
        error = _last(state).error
        return own(state) + ((error and error.retry_after_s) or 0.0)


def _last(state: RetryCallState) -> Outcome:
    assert state.outcome is not None
    outcome: Outcome = state.outcome.result()
    return outcome
