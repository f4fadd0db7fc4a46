"""How long the waits between repeats are: bounded, spread, and never less than was asked for."""

from __future__ import annotations

from statistics import pstdev

import pytest
from tenacity import RetryCallState

from integrations.errors import ServerFailed, Throttled
from integrations.retrying import Outcome, RetryPolicy


def waits(error, *, attempt=1, count=100):
    """The waits of so many workers that all met this at their n-th attempt."""
    patience = RetryPolicy().patience(0.0)
    state = RetryCallState(patience, None, (), {})
    state.attempt_number = attempt
    state.set_result(Outcome(None, error))
    return [patience.wait(state) for _ in range(count)]


@pytest.mark.parametrize("attempt", range(1, 22))
def test_ar_03_no_wait_is_longer_than_the_most(attempt):
    policy = RetryPolicy()

    assert max(waits(ServerFailed(), attempt=attempt)) <= policy.longest_wait_s
    asked = Throttled(retry_after_s=policy.obey_s)
    assert max(waits(asked, attempt=attempt)) <= policy.longest_wait_s + policy.obey_s


def test_ar_04_ar_22_who_is_refused_together_does_not_come_back_together():
    found = waits(Throttled(retry_after_s=7.0))

    assert min(found) >= 7.0
    assert pstdev(found) > 0.05
    assert len(set(found)) == 100


@pytest.mark.parametrize("asked_s", [60.1, 3_600.0, 86_400.0])
def test_ar_19_a_longer_wait_than_is_obeyed_is_none_of_the_calls(asked_s):
    assert not RetryPolicy().repeats(Outcome(None, Throttled(retry_after_s=asked_s)))
    assert RetryPolicy().repeats(Outcome(None, Throttled(retry_after_s=60.0)))
