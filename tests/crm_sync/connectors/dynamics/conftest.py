"""A Dynamics of its own for a test, and how to ask it."""

from __future__ import annotations

import pytest

from tests.crm_sync.connectors.dynamics.asking import AtDynamics
from tests.integrations.sandbox.running import running_sandbox


@pytest.fixture(scope="session")
def dynamics_sandbox():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def dynamics(dynamics_sandbox):
    dynamics_sandbox.fresh()
    return AtDynamics(dynamics_sandbox)
