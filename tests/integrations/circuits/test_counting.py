"""What counts as a failure, for one process and for all."""

import asyncio
import time

import pytest

from integrations.circuits.record import Record
from integrations.errors import CircuitOpen, NotFound, RateReached, ServerFailed
from tests.integrations.circuits.calls import Ear, call, fail, is_refused


def test_ar_48_failures_of_all_processes_open_one_circuit(board_of):
    one, two = (board_of().circuit("hunter", fail_max=4) for _ in range(2))

    began = time.time()
    fail(one, 2)
    fail(two, 2)
    ended = time.time()

    with pytest.raises(CircuitOpen, match="hunter: circuit open") as refused:
        call(one)
    assert refused.value.retry_at is not None
    assert began + 59.9 < refused.value.retry_at.timestamp() < ended + 60.1
    assert is_refused(two)


def test_a_success_anywhere_resets_the_count(board_of):
    one, two = (board_of().circuit("hunter", fail_max=3) for _ in range(2))

    fail(one, 2)
    call(two)
    fail(one, 2)

    assert not is_refused(one)


def test_the_count_lapses(board_of, redis_client):
    lapsed = Record(failures=1, failed_at=time.time() - 61)
    redis_client.set("circuit:hunter", lapsed.encoded())
    circuit = board_of().circuit("hunter", fail_max=2)

    fail(circuit)

    assert not is_refused(circuit)


def test_a_closed_circuit_asks_redis_for_nothing(board_of, redis_client):
    circuit = board_of(refresh_s=60.0).circuit("hunter")
    call(circuit)
    before = redis_client.info("stats")["total_commands_processed"]

    for _ in range(100):
        call(circuit)

    assert redis_client.info("stats")["total_commands_processed"] - before == 1  # INFO itself
    assert redis_client.keys() == []


def test_ar_45_misses_refusals_and_cancellations_are_no_failures(board_of):
    ear = Ear()
    circuit = board_of(listeners=[ear]).circuit("hunter", fail_max=1)

    for error in (NotFound(), RateReached(), asyncio.CancelledError(), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            call(circuit, error)

    assert ear.heard == ["success"]


def test_an_unknown_exception_is_a_failure_and_keeps_its_text(board_of):
    board = board_of()

    with pytest.raises(ValueError, match="key=secret"):
        call(board.circuit("hunter", fail_max=1), ValueError("key=secret"))

    (state,) = board.states()
    assert (state.state, state.failures, state.last_error) == ("open", 1, "ValueError")


def test_late_failures_do_not_move_the_opening(board_of):
    board = board_of()
    circuit = board.circuit("hunter", fail_max=1)

    with pytest.raises(ServerFailed), circuit.calling():
        fail(circuit)
        opened = board.states()
        time.sleep(0.02)
        raise ServerFailed

    assert board.states() == opened


def test_a_late_success_closes_nothing(board_of):
    circuit = board_of().circuit("hunter", fail_max=1)

    with circuit.calling():
        fail(circuit)

    assert is_refused(circuit)
