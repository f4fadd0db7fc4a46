"""Boards of circuits, with a Redis and without."""

import pytest
import redis

from integrations.circuits import CircuitBoard


@pytest.fixture
def board_of(redis_client):
    """Makes boards, each of which is one process as far as Redis can tell."""
    return lambda **more: CircuitBoard(redis_client, **{"refresh_s": 0.0, **more})


@pytest.fixture
def no_redis(tmp_path):
    with redis.Redis(unix_socket_path=str(tmp_path / "none")) as client:
        yield client
