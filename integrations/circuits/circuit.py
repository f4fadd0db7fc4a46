"""One circuit as a process uses it: a `with` block that may span awaits, many at a time."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING
from uuid import uuid4

from pybreaker import CircuitBreakerState

from integrations.circuits.breaker import FleetBreaker, is_void
from integrations.circuits.record import Record, moment
from integrations.errors import CallError, CircuitOpen

if TYPE_CHECKING:
    from integrations.circuits.board import CircuitBoard


def in_words(error: BaseException | None) -> str:
    """Return the error for people; only our own errors are known to carry no secret."""
    name = type(error).__name__
    return f"{name}: {error}"[:200] if isinstance(error, CallError) else name


class Circuit:
    """The circuit `key` as this process sees it; made by `CircuitBoard.circuit`."""

    def __init__(self, board: CircuitBoard, key: str, fail_max: int, reset_s: float) -> None:
        self.key = key
        self.fail_max = fail_max
        self.reset_s = reset_s
        self.record = Record()
        self.raw = b""  # what Redis held when we last looked; empty for nothing
        self.seen = 0.0  # monotonic time of that look
        self.is_ahead = False  # `record` was decided while Redis was away
        self.trial = ""  # the trial that is out from this process
        self.hand: Calling | None = None  # the call that pybreaker is settling right now
        self._board = board
        self._breaker = FleetBreaker(self, board.listeners)

    def calling(self) -> AbstractContextManager[None]:
        """Guard one call; raises CircuitOpen, with `retry_at` unless it was opened by hand.

        An error inside with `trips`, and any that is not a CallError, is a failure. A Refused (we
        sent nothing) and a cancellation are neither failure nor success and give the trial back.
        All else is a success.
        """
        return Calling(self)

    @property
    def is_open(self) -> bool:
        """Whether a call would be refused now; false when a trial is due."""
        self._board.refresh()
        return self.record.is_open and not self.record.is_due(self._board.now())

    @property
    def retry_at(self) -> datetime | None:
        """When to ask again; None while the circuit is closed or opened by hand."""
        self._board.refresh()
        return moment(self.record.retry_at(self._board.now()))

    def admit(self, call: Calling) -> None:
        board = self._board
        if monotonic() >= board.stale_at:
            board.refresh()
        with board.lock:
            if self.record.is_open:
                call.token = self._trial()
            call.state = self._breaker.state

    def settle(self, call: Calling, error: BaseException | None) -> None:
        """Let pybreaker count the outcome, by the state that the call was admitted in."""
        if error is None and not call.token and not self.record.failures:
            return  # a success where none was missing: nothing to count
        with self._board.lock:
            self.hand = call
            call.error = error
            try:
                call.state.call(call.outcome)
            except BaseException as raised:
                if raised is not error:
                    raise
            finally:
                self.hand = None
                if call.token and self.trial == call.token:
                    self.trial = ""
                if self.record.is_open or call.token:
                    self.notice()

    def has_failed(self, call: Calling) -> bool:
        """Count the call's failure; return whether that changed the record."""
        words = in_words(call.error)
        if call.token:
            return self._board.apply(self, lambda r, now: r.trial_failed(now, call.token, words))
        limits = (self.fail_max, self.reset_s)
        return self._board.apply(self, lambda r, now: r.failed(now, *limits, words))

    def has_passed(self, call: Calling) -> bool:
        """Close the circuit after its trial, or give a trial back that says nothing."""
        rule = Record.trial_released if call.is_void else Record.trial_passed
        return self._board.apply(self, lambda r, now: rule(r, now, call.token))

    def has_succeeded(self) -> bool:
        """Forget the failures; costs nothing while there are none."""
        return bool(self.record.failures) and self._board.apply(self, Record.succeeded)

    def notice(self) -> None:
        """Let pybreaker see the record, and tell its listeners if the state is another one."""
        _ = self._breaker.state

    def _trial(self) -> str:
        """Return the permit of the trial; empty when the circuit turns out to be closed."""
        token = uuid4().hex
        lease_s = self._board.trial_lease_s
        if self._board.apply(self, lambda record, now: record.tried(now, token, lease_s)):
            self.trial = token
            return token
        self.notice()
        if self.record.is_open:
            raise self._refusal()
        return ""

    def _refusal(self) -> CircuitOpen:
        record = self.record
        why = f"opened by hand: {record.reason}" if record.by_hand else record.last_error
        retry_at = moment(record.retry_at(self._board.now()))
        return CircuitOpen(f"{self.key}: circuit open ({why})", retry_at=retry_at)


class Calling:
    """One guarded call, from the entry of its `with` block to the exit."""

    __slots__ = ("circuit", "error", "state", "token")

    circuit: Circuit
    token: str  # the permit, when this call is the trial
    state: CircuitBreakerState

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.token = ""
        self.error: BaseException | None = None

    @property
    def is_void(self) -> bool:
        return is_void(self.error)

    def outcome(self) -> None:
        """Come to the call's end again: return, or raise its error."""
        if self.error is not None:
            raise self.error

    def __enter__(self) -> None:
        self.circuit.admit(self)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.circuit.settle(self, error)
