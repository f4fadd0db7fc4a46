"""Partner Center in the sandbox, a connection to it, and a worker who has claimed its sync."""

import pytest

from contacts import leases
from crm_sync.models import Connection
from tests.crm_sync.referrals.house import House
from tests.integrations.sandbox.running import running_sandbox


@pytest.fixture(scope="session")
def sandbox_process():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_process):
    sandbox_process.fresh()
    return sandbox_process


@pytest.fixture
def connection(db):
    return Connection.objects.create(kind="partner_center", label="Ours", state="ready")


@pytest.fixture
def house(transactional_db, sandbox):
    made = Connection.objects.create(kind="partner_center", label="Ours", state="ready")
    return House(made, sandbox, leases.register())
