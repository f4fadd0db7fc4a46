"""Sandboxes for the connectors' tests."""

from __future__ import annotations

import pytest

from tests.crm_sync.connectors.at_hubspot import AtHubSpot
from tests.integrations.sandbox.running import running_sandbox


@pytest.fixture(scope="session")
def hubspot_sandbox():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def hubspot(hubspot_sandbox):
    hubspot_sandbox.fresh()
    return AtHubSpot(hubspot_sandbox)
