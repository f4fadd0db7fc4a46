"""Outreach against the sandbox: a real process that plays Twilio."""

import pytest
import redis

from integrations.services import ensure_accounts
from outreach.runtime import Runtime
from tests.integrations.sandbox.running import running_sandbox
from tests.outreach import clock


@pytest.fixture(scope="session")
def sandbox_process():
    with running_sandbox(program="tests.outreach.sandbox_program", **clock.AS_SETTING) as sandbox:
        yield sandbox


@pytest.fixture
def daylight():
    """It is day in all of the United States, for us and for the sandbox."""
    with clock.shifted(clock.OFFSET):
        yield


@pytest.fixture
def sandbox(sandbox_process, settings, daylight):
    """The sandbox without latency or faults, with nothing counted yet."""
    sandbox_process.fresh()
    settings.SANDBOX = True
    settings.SANDBOX_URL = sandbox_process.url
    return sandbox_process


@pytest.fixture
def runtime(transactional_db, sandbox, settings):
    """A worker's runtime, with accounts in place and every circuit closed."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
    ensure_accounts()
    runtime = Runtime()
    yield runtime
    runtime.close()
