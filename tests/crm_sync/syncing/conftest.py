"""The sandbox of a folder's tests, and a house with a connection to one of its CRMs."""

from __future__ import annotations

import pytest

from tests.crm_sync.syncing.house import Houses
from tests.crm_sync.syncing.relay import relaying
from tests.integrations.sandbox.running import running_sandbox


@pytest.fixture(scope="session")
def played_crms():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(played_crms, settings):
    played_crms.fresh()
    settings.SANDBOX, settings.SANDBOX_URL = True, played_crms.url
    return played_crms


@pytest.fixture
def relay(sandbox, settings):
    """Through it goes what is asked of the sandbox; what is controlled there goes by itself."""
    with relaying(sandbox.url) as found:
        settings.SANDBOX_URL = found.url
        yield found


@pytest.fixture
def house(transactional_db, sandbox):
    """Makes houses, and closes them in the end."""
    making = Houses(sandbox)
    yield making
    making.close()
