"""A Pipedrive for the tests of its connector."""

from __future__ import annotations

import pytest

from tests.crm_sync.connectors.pipedrive.at_pipedrive import AtPipedrive
from tests.integrations.sandbox.running import running_sandbox


@pytest.fixture(scope="session")
def pipedrive_sandbox():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def pipedrive(pipedrive_sandbox):
    pipedrive_sandbox.fresh()
    return AtPipedrive(pipedrive_sandbox)
