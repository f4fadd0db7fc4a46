"""Circuits when Redis is flushed or away, when processes die, and in a fleet."""

import time
from itertools import pairwise

from integrations.circuits import CircuitBoard
from tests.integrations.circuits.calls import call, fail, is_refused
from tests.integrations.programs import Program, programs


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
