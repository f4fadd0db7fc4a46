"""Calls through a circuit, and what listens to them."""

import pytest
from pybreaker import CircuitBreakerListener

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


def is_refused(circuit):
    try:
        call(circuit)
    except CircuitOpen:
        return True
    return False
