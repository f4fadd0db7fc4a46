"""Circuits opened by hand outlive Redis, and a reset is never undone by who remembers."""

import pytest
import redis

from integrations import fleet
from integrations.circuits import CircuitBoard
from integrations.errors import CircuitOpen
from integrations.models import CircuitHold

KEY = "twilio"

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
        yield client


def states(client):
    """What a process that has just started knows."""
    return [(state.key, state.state, state.by) for state in CircuitBoard(client).states()]


@pytest.fixture
def held(server):
    assert fleet.open_by_hand(KEY, "they asked us to stop", "ada")


def test_ar_48_it_is_kept_with_its_reason(held):
    hold = CircuitHold.objects.get()

    assert (hold.key, hold.reason, hold.by) == (KEY, "they asked us to stop", "ada")


def test_the_first_look_after_a_wiped_redis_opens_it_again(server, held):
    server.flushdb()

    (seen,) = fleet.states()

    assert (seen.state, seen.reason, seen.by) == ("open", "they asked us to stop", "ada")
    assert states(server) == [(KEY, "open", "ada")]


def test_the_sweep_and_a_starting_worker_write_it_back(server, held):
    server.flushdb()

    assert [fleet.restore(), fleet.restore()] == [1, 0]
    with pytest.raises(CircuitOpen), CircuitBoard(server).circuit(KEY).calling():
        pass


def test_a_reset_is_not_undone(server, held):
    assert fleet.reset(KEY)

    assert (CircuitHold.objects.count(), fleet.restore()) == (0, 0)
    assert [state for _, state, _ in states(server)] == ["closed"]


def test_opened_again_it_says_the_newer_reason(server, held):
    fleet.open_by_hand(KEY, "still down", "bo")

    assert list(CircuitHold.objects.values_list("reason", "by")) == [("still down", "bo")]


def test_without_redis_nothing_is_claimed_and_nothing_forgotten(server, held, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    is_reset = fleet.reset(KEY)
    is_opened = fleet.open_by_hand("other", "why", "ada")

    assert (is_reset, is_opened) == (False, False)
    assert list(CircuitHold.objects.values_list("key", "reason")) == [
        (KEY, "they asked us to stop")
    ]


def test_looking_costs_one_query_while_nothing_is_held(server, django_assert_num_queries):
    with django_assert_num_queries(1):
        fleet.states()
