"""Circuits: stop calling a provider that fails, fleet-wide, and try it again one call at a time.

The breaker and its listeners are pybreaker's; what they know is kept by us. pybreaker's own Redis
storage asks Redis several times a call, moves `opened_at` of an open circuit (its issue 24), lets a
new process close a circuit (issue 26) and lets every worker through when half-open.

Each process works on a view of its own, read from Redis in one command when older than `refresh_s`
and only when a call comes by; a closed circuit costs no Redis round trip. Every change is one
compare-and-swap of the circuit's record, so the rules stand once, in `record.py`, and hold for the
fleet:

* Failures are counted in the fleet; the count lapses 60 s after the last one and on a success.
* Opening an open circuit changes nothing. A provider that dies gets at most `fail_max` calls and
  those in flight; a process that has not failed itself may start calls for `refresh_s` more.
* After `reset_s` one call in the whole fleet is the trial; whoever dies with it loses it after
  `trial_lease_s`. All others are refused and told to ask again in a second.
* A circuit opened by hand has no trial and stays open until it is reset by hand.
* A new process writes nothing.
* Records lapse after 24 h without a change, those opened by hand never.

Redis away: the process decides on its own view with the same thresholds (so each process may send
a trial), asks Redis again after a second, and publishes what it decided meanwhile: an opening if it
is newer than what Redis says, anything else only if Redis did not change. A command takes 0.5 s at
most. No error of Redis reaches the caller.

Redis flushed: circuits are closed, except that a process that knows an open one writes it back at
its next refresh. Nobody remembers then who may hold a trial, so one that is due waits for a lease.
"""

from integrations.circuits.board import CircuitBoard
from integrations.circuits.circuit import Circuit
from integrations.circuits.record import CircuitState

__all__ = ["Circuit", "CircuitBoard", "CircuitState"]
