"""Circuits in one process, in a fleet of real ones, and without Redis."""

import asyncio
import threading
import time
from itertools import pairwise

import pytest
import redis
from pybreaker import CircuitBreakerListener

from integrations.circuits import CircuitBoard
from integrations.circuits.record import Record
from integrations.errors import CircuitOpen, NotFound, RateReached, ServerFailed
from tests.integrations.programs import Program, programs


class Ear(CircuitBreakerListener):
    def __init__(self):
        self.heard = []

    def state_change(self, cb, old_state, new_state):
        self.heard.append((cb.name, old_state.name, new_state.name))

    def success(self, cb):
        self.heard.append("success")


@pytest.fixture
def board_of(redis_client):
    """Makes boards, each of which is one process as far as Redis can tell."""
    return lambda **more: CircuitBoard(redis_client, **{"refresh_s": 0.0, **more})


@pytest.fixture
def no_redis(tmp_path):
    with redis.Redis(unix_socket_path=str(tmp_path / "none")) as client:
        yield client


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


def test_failures_of_all_processes_open_one_circuit(board_of):
    one, two = (board_of().circuit("hunter", fail_max=4) for _ in range(2))

    fail(one, 2)
    fail(two, 2)

    with pytest.raises(CircuitOpen, match="hunter: circuit open") as refused:
        call(one)
    assert refused.value.retry_at is not None
    assert 59 < refused.value.retry_at.timestamp() - time.time() <= 60
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


def test_misses_refusals_and_cancellations_are_no_failures(board_of):
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


def test_one_trial_closes_for_all(board_of):
    ear = Ear()
    one, two = (board_of(listeners=[ear]).circuit("hunter", fail_max=1, reset_s=0.05) for _ in "ab")
    fail(one)
    assert is_refused(two)
    time.sleep(0.06)

    with two.calling():
        assert is_refused(one)
        assert is_refused(two)

    assert not is_refused(one)
    closed_open, open_tried = ("closed", "open"), ("open", "half-open")
    changes = [heard[1:] for heard in ear.heard if heard != "success"]
    theirs = [closed_open, ("open", "closed")]
    ours = [closed_open, open_tried, ("half-open", "closed")]
    assert sorted(changes) == sorted(theirs + ours)


def test_a_failed_trial_opens_the_next_window(board_of):
    board = board_of()
    circuit = board.circuit("hunter", fail_max=1, reset_s=0.1)
    fail(circuit)
    (first,) = board.states()
    time.sleep(0.11)

    fail(circuit)

    (second,) = board.states()
    assert (second.opened_at - first.opened_at).total_seconds() > 0.1
    assert is_refused(circuit)


@pytest.mark.parametrize("error", [asyncio.CancelledError, GeneratorExit, RateReached])
def test_a_trial_that_says_nothing_is_given_back(board_of, error):
    circuit = board_of().circuit("hunter", fail_max=1, reset_s=0.05)
    fail(circuit)
    time.sleep(0.06)

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


def test_flushed_redis_gets_the_open_circuit_back(board_of, redis_client):
    knows, stranger = (board_of().circuit("hunter", fail_max=1) for _ in range(2))
    fail(knows)
    opened = knows.retry_at

    redis_client.flushall()

    assert not is_refused(stranger)
    assert is_refused(knows)
    assert is_refused(stranger)
    assert stranger.retry_at == opened


def test_a_trial_that_is_due_at_a_flush_waits_for_a_lease(board_of, redis_client):
    board = board_of(trial_lease_s=0.2)
    circuit = board.circuit("hunter", fail_max=1, reset_s=0.05)
    fail(circuit)
    time.sleep(0.06)

    redis_client.flushall()

    assert is_refused(circuit)
    time.sleep(0.21)
    assert not is_refused(circuit)


def test_a_trial_outlives_a_flush(board_of, redis_client):
    one, two = (board_of().circuit("hunter", fail_max=1, reset_s=0.05) for _ in range(2))
    fail(one)
    assert is_refused(two)
    time.sleep(0.06)

    with one.calling():
        redis_client.flushall()
        assert is_refused(two)
        assert is_refused(one)

    assert not is_refused(two)


def test_without_redis_each_process_decides_alone(no_redis, caplog):
    board = CircuitBoard(no_redis)
    circuit = board.circuit("hunter", fail_max=2, reset_s=0.05)

    fail(circuit, 2)

    assert is_refused(circuit)
    time.sleep(0.06)
    assert not is_refused(circuit)
    assert [record.message for record in caplog.records] == [
        "circuits: Redis is away (ConnectionError); each process decides on its own view"
    ]


def test_an_opening_is_published_when_redis_returns(board_of, redis_client):
    circuit, other = board_of().circuit("hunter", fail_max=1), board_of().circuit("hunter")
    call(circuit)
    redis_client.client_pause(600)
    fail(circuit)
    assert not is_refused(other)

    time.sleep(1.0)

    assert is_refused(circuit)
    assert is_refused(other)


def test_a_broken_record_is_a_closed_circuit(board_of, redis_client):
    redis_client.set("circuit:hunter", b"\xff{")
    circuit = board_of().circuit("hunter", fail_max=1)

    assert not is_refused(circuit)
    fail(circuit)
    assert is_refused(circuit)


def test_the_trial_of_a_killed_process_is_given_again(board_of, redis_socket, tmp_path):
    settings = {"socket": redis_socket, "alive": str(tmp_path / "alive"), "reset_s": 0.1}
    settings |= {"lease_s": 1.0, "in_flight": 1, "answers_after_s": 60, "until": 1e12}
    board = board_of(trial_lease_s=1.0)
    circuit = board.circuit("dead", fail_max=1, reset_s=0.1)
    with Program("circuit_caller") as holder:
        holder.await_ready()
        fail(circuit)
        time.sleep(0.1)
        holder.go(**settings)
        while board.states()[0].state != "half-open":
            time.sleep(0.01)
        holder.process.kill()

        refused_until = time.monotonic() + 0.8
        while time.monotonic() < refused_until:
            assert is_refused(circuit)
            time.sleep(0.05)

    time.sleep(0.3)
    assert not is_refused(circuit)


def test_a_fleet_at_a_dead_provider(redis_client, redis_socket, tmp_path):
    alive = tmp_path / "alive"
    settings = {"socket": redis_socket, "alive": str(alive), "reset_s": 0.4}
    settings |= {"lease_s": 0.6, "in_flight": 4, "answers_after_s": 0.05}
    with programs("circuit_caller", 9) as fleet:
        settings["until"] = time.monotonic() + 3.7
        for program in fleet[:8]:
            program.go(**settings)
        time.sleep(0.7)
        fleet[8].go(**settings)
        time.sleep(0.5)
        redis_client.flushall()
        time.sleep(1.5)
        alive.touch()
        sent = [program.result() for program in fleet]

    calls = sorted(tuple(call) for calls in sent for call in calls)
    begun = calls[0][0]
    wave = [call for call in calls if call[0] < begun + 0.4]
    dead = [call for call in calls if not call[2]]
    trials = dead[len(wave) :]
    assert 5 <= len(wave) <= 5 + 8 * 4
    assert len(trials) >= 3
    for earlier, later in pairwise(trials):
        assert later[0] - earlier[1] >= 0.39
    assert all(any(is_alive for _, _, is_alive in calls) for calls in sent)
    assert calls[-1][2]
    assert CircuitBoard(redis_client).states()[0].state == "closed"
