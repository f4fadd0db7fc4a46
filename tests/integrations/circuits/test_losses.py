"""Circuits when Redis is flushed or away, when processes die, and in a fleet."""

import time
from itertools import pairwise

from integrations.circuits import CircuitBoard
from integrations.redis_link import PAUSE_S
from tests.integrations.circuits.calls import call, fail, is_refused, let_pass
from tests.integrations.programs import Program, programs

WAIT_S = 60.0


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
    circuit = board_of().circuit("hunter", fail_max=1)
    fail(circuit)
    let_pass(redis_client, 61)
    assert not circuit.is_open

    redis_client.flushall()

    assert is_refused(circuit)
    let_pass(redis_client, 31)
    assert not is_refused(circuit)


def test_a_trial_outlives_a_flush(board_of, redis_client):
    one, two = (board_of().circuit("hunter", fail_max=1) for _ in range(2))
    fail(one)
    assert is_refused(two)
    let_pass(redis_client, 61)
    assert not two.is_open

    with one.calling():
        redis_client.flushall()
        assert is_refused(two)
        assert is_refused(one)

    assert not is_refused(two)


def test_without_redis_each_process_decides_alone(no_redis, caplog):
    board = CircuitBoard(no_redis)
    circuit, quick = (board.circuit(f"hunter{s}", fail_max=2, reset_s=s) for s in (60.0, 0.05))

    fail(circuit, 2)
    fail(quick, 2)

    time.sleep(0.06)
    assert is_refused(circuit)
    assert not is_refused(quick)
    assert [record.message for record in caplog.records] == [
        "circuits: Redis is away (ConnectionError); each process decides on its own view"
    ]


def test_an_opening_is_published_when_redis_returns(board_of, redis_client):
    circuit, other = board_of().circuit("hunter", fail_max=1), board_of().circuit("hunter")
    call(circuit)
    # Scripts count as writes; other commands, such as the one that ends the pause, go on.
    redis_client.client_pause(60_000, all=False)
    try:
        fail(circuit)
        assert not is_refused(other)
    finally:
        redis_client.client_unpause()

    time.sleep(PAUSE_S)

    assert is_refused(circuit)
    assert is_refused(other)


def test_a_broken_record_is_a_closed_circuit(board_of, redis_client):
    redis_client.set("circuit:hunter", b"\xff{")
    circuit = board_of().circuit("hunter", fail_max=1)

    assert not is_refused(circuit)
    fail(circuit)
    assert is_refused(circuit)


def await_state(board, state):
    give_up_at = time.monotonic() + WAIT_S
    while [found.state for found in board.states()] != [state]:
        assert time.monotonic() < give_up_at, board.states()
        time.sleep(0.01)


def test_the_trial_of_a_killed_process_is_given_again(
    board_of, redis_client, redis_socket, tmp_path
):
    settings = {"socket": redis_socket, "alive": str(tmp_path / "alive"), "reset_s": 60.0}
    settings |= {"lease_s": 600.0, "in_flight": 1, "answers_after_s": 600, "until": 1e12}
    board = board_of(trial_lease_s=600.0)
    circuit = board.circuit("dead", fail_max=1)
    with Program("circuit_caller") as holder:
        holder.await_ready()
        fail(circuit)
        let_pass(redis_client, 61, "dead")
        holder.go(**settings)
        await_state(board, "half-open")

    assert is_refused(circuit)
    let_pass(redis_client, 500, "dead")
    assert is_refused(circuit)
    let_pass(redis_client, 101, "dead")
    assert not is_refused(circuit)


def test_a_fleet_at_a_dead_provider(redis_client, redis_socket, tmp_path):
    alive, board = tmp_path / "alive", CircuitBoard(redis_client, refresh_s=0.0)
    settings = {"socket": redis_socket, "alive": str(alive), "reset_s": 0.4}
    settings |= {"lease_s": 4.0, "in_flight": 4, "answers_after_s": 0.05}
    with programs("circuit_caller", 9) as fleet:
        settings["until"] = time.monotonic() + WAIT_S
        for program in fleet[:8]:
            program.go(**settings)
        await_openings(board, 1)
        fleet[8].go(**settings)
        await_openings(board, 2)
        time.sleep(0.2)  # by then everybody has read it, and no trial is due
        redis_client.flushall()
        await_openings(board, 3)
        alive.touch()
        sent = [program.result() for program in fleet]

    calls = sorted(tuple(call) for calls in sent for call in calls)
    dead = [call for call in calls if not call[2]]
    wave = [call for call in dead if not call[3]]
    trials = [call for call in dead if call[3]]
    assert 5 <= len(wave) <= 5 + 8 * 4
    assert len(trials) >= 3
    for earlier, later in pairwise(trials):
        assert later[0] - earlier[1] >= 0.39
    assert [[is_alive for _, _, is_alive, _ in calls].count(True) for calls in sent] == [4] * 9
    assert board.states()[0].state == "closed"


def await_openings(board, count):
    """Wait until the circuit has opened so often from now on; a trial that fails opens it anew."""
    seen, give_up_at = {state.opened_at for state in board.states()}, time.monotonic() + WAIT_S
    before = len(seen)
    while len(seen - {None}) < before + count:
        assert time.monotonic() < give_up_at, seen
        seen |= {state.opened_at for state in board.states()}
        time.sleep(0.01)
