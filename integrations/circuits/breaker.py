"""pybreaker's breaker and its storage, over a circuit of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pybreaker import (
    STATE_CLOSED,
    STATE_HALF_OPEN,
    STATE_OPEN,
    CircuitBreaker,
    CircuitBreakerListener,
    CircuitBreakerStorage,
)

from integrations.circuits.record import moment
from integrations.errors import CallError, Refused

if TYPE_CHECKING:
    from integrations.circuits.circuit import Circuit


def is_void(error: BaseException | None) -> bool:
    """Return whether a call says nothing about the provider: cancelled, killed, or never sent."""
    return error is not None and (not isinstance(error, Exception) or isinstance(error, Refused))


def is_no_failure(error: BaseException) -> bool:
    """Return whether the error is no sign of a failing provider."""
    return is_void(error) or (isinstance(error, CallError) and not error.trips)


class FleetBreaker(CircuitBreaker):
    """pybreaker's breaker, silent about calls that say nothing."""

    def __init__(self, circuit: Circuit, listeners: Sequence[CircuitBreakerListener]) -> None:
        self._circuit = circuit
        super().__init__(
            fail_max=circuit.fail_max,
            reset_timeout=circuit.reset_s,
            exclude=[is_no_failure],
            listeners=listeners,
            state_storage=FleetStorage(circuit),
            name=circuit.key,
            throw_new_error_on_trip=False,
        )

    @property
    def listeners(self) -> tuple[Any, ...]:
        hand = self._circuit.hand
        return () if hand is not None and hand.is_void else tuple(self._listeners)


class FleetStorage(CircuitBreakerStorage):
    """pybreaker's steps as changes of the record, each of them atomic.

    pybreaker settles a call in several steps. The change is made where the outcome is counted; what
    follows, such as the setting of `state` and `opened_at`, is already true then and does nothing.
    Outside of a settlement nothing is written: pybreaker resets the counter also when it merely
    notices that a circuit is closed.
    """

    def __init__(self, circuit: Circuit) -> None:
        super().__init__("fleet")
        self._circuit = circuit
        self._has_changed = False

    @property
    def state(self) -> str:
        """The state for this process: half-open only while the trial is its own."""
        record = self._circuit.record
        if not record.is_open:
            return STATE_CLOSED
        is_ours = bool(record.trial) and record.trial == self._circuit.trial
        return STATE_HALF_OPEN if is_ours else STATE_OPEN

    @state.setter
    def state(self, state: str) -> None:
        pass

    @property
    def opened_at(self) -> datetime | None:
        return moment(self._circuit.record.opened_at or None)

    @opened_at.setter
    def opened_at(self, at: datetime) -> None:
        pass

    @property
    def counter(self) -> int:
        """The failures; 0 after one that an open circuit did not count, or it would open again."""
        record = self._circuit.record
        return 0 if record.is_open and not self._has_changed else record.failures

    @property
    def success_counter(self) -> int:
        """1 after the trial that closed the circuit."""
        return int(self._has_changed and not self._circuit.record.is_open)

    def increment_counter(self) -> None:
        call = self._circuit.hand
        self._has_changed = call is not None and self._circuit.has_failed(call)

    def increment_success_counter(self) -> None:
        call = self._circuit.hand
        self._has_changed = call is not None and self._circuit.has_passed(call)

    def reset_counter(self) -> None:
        call = self._circuit.hand
        if call is not None and not call.token and not call.is_void:
            self._circuit.has_succeeded()
