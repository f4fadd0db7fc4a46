"""Calls through a circuit, and what listens to them."""

from dataclasses import replace

import pytest
from pybreaker import CircuitBreakerListener

from integrations.circuits.record import Record
from integrations.errors import CircuitOpen, ServerFailed


class Ear(CircuitBreakerListener):
    def __init__(self):
        self.heard = []

    def state_change(self, cb, old_state, new_state):
        self.heard.append((cb.name, old_state.name, new_state.name))

    def success(self, cb):
        self.heard.append("success")


def call(circuit, error=None):
    with circuit.calling():
        if error is not None:
            raise error


def fail(circuit, times=1):
    for _ in range(times):
        with pytest.raises(ServerFailed):
            call(circuit, ServerFailed("hunter.find_email: 503"))


def let_pass(client, seconds, key="hunter"):
    """Make what Redis holds of a circuit so much older, as if the time had passed."""
    record = Record.decoded(client.get(f"circuit:{key}"))
    times = ("failed_at", "opened_at", "trial_until", "changed_at")
    older = {name: at - seconds for name in times if (at := getattr(record, name))}
    client.set(f"circuit:{key}", replace(record, **older).encoded())


def is_refused(circuit):
    try:
        call(circuit)
    except CircuitOpen:
        return True
    return False
