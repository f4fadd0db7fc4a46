"""One trial at a time closes an open circuit, or opens it anew; people steer it by hand."""

import asyncio
import threading
import time

import pytest

from integrations.errors import CircuitOpen, RateReached, ServerFailed
from tests.integrations.circuits.calls import Ear, call, fail, is_refused, let_pass


def test_ar_48_one_trial_closes_for_all(board_of, redis_client):
    ear = Ear()
    one, two = (board_of(listeners=[ear]).circuit("hunter", fail_max=1) for _ in "ab")
    fail(one)
    assert is_refused(two)
    let_pass(redis_client, 61)

    with two.calling():
        assert is_refused(one)
        assert is_refused(two)

    assert not is_refused(one)
    closed_open, open_tried = ("closed", "open"), ("open", "half-open")
    changes = [heard[1:] for heard in ear.heard if heard != "success"]
    theirs = [closed_open, ("open", "closed")]
    ours = [closed_open, open_tried, ("half-open", "closed")]
    assert sorted(changes) == sorted(theirs + ours)


def test_a_failed_trial_opens_the_next_window(board_of, redis_client):
    board = board_of()
    circuit = board.circuit("hunter", fail_max=1)
    fail(circuit)
    let_pass(redis_client, 61)
    (first,) = board.states()

    fail(circuit)

    (second,) = board.states()
    assert (second.opened_at - first.opened_at).total_seconds() > 60
    assert is_refused(circuit)


@pytest.mark.parametrize("error", [asyncio.CancelledError, GeneratorExit, RateReached])
def test_a_trial_that_says_nothing_is_given_back(board_of, redis_client, error):
    circuit = board_of().circuit("hunter", fail_max=1)
    fail(circuit)
    let_pass(redis_client, 61)

    with pytest.raises(error):
        call(circuit, error())

    assert not circuit.is_open
    fail(circuit)
    assert circuit.is_open


def test_the_block_spans_awaits_of_many_calls(board_of):
    circuit = board_of().circuit("hunter", fail_max=3)

    async def one(number):
        with circuit.calling():
            await asyncio.sleep(0.01)
            if number % 2:
                raise ServerFailed

    async def many():
        return await asyncio.gather(*map(one, range(40)), return_exceptions=True)

    results = asyncio.run(many())

    assert [type(result) for result in results[1::2]] == [ServerFailed] * 20
    assert results[::2] == [None] * 20
    assert not is_refused(circuit)


def test_a_new_process_writes_nothing(board_of, redis_client):
    fail(board_of().circuit("hunter", fail_max=1))
    before = redis_client.get("circuit:hunter")

    newcomer = board_of().circuit("hunter", fail_max=1)

    assert newcomer.is_open
    assert is_refused(newcomer)
    assert redis_client.get("circuit:hunter") == before


def test_opened_by_hand_until_reset_by_hand(board_of, redis_client):
    board, other = board_of(), board_of().circuit("hunter", reset_s=0.01)

    assert board.open_by_hand("hunter", "they asked us to stop", "ada")
    time.sleep(0.02)

    with pytest.raises(CircuitOpen, match="they asked us to stop") as refused:
        call(other)
    assert refused.value.retry_at is None
    (state,) = board.states()
    assert (state.state, state.reason, state.by) == ("open", "they asked us to stop", "ada")
    assert redis_client.ttl("circuit:hunter") == -1
    assert board.reset("hunter")
    assert not is_refused(other)
    assert 86_000 < redis_client.ttl("circuit:hunter") <= 86_400


def test_manual_operations_from_another_thread(board_of):
    board = board_of()
    circuit = board.circuit("hunter")

    thread = threading.Thread(target=board.open_by_hand, args=("hunter", "stop", "ada"))
    thread.start()
    thread.join()

    assert is_refused(circuit)
