"""A connection to Acme, the CRM of these tests, which the registry knows meanwhile."""

import pytest

from crm_sync import registry
from crm_sync.connector import CONTACT
from crm_sync.mapping import service
from crm_sync.models import Connection
from tests.crm_sync.mapping.acme import ACME, CONTACT_FIELDS


@pytest.fixture
def acme(monkeypatch):
    monkeypatch.setitem(registry.CONNECTORS, "acme", ACME)
    return ACME


@pytest.fixture
def connection(acme, db):
    return Connection.objects.create(kind="acme", label="Our Acme")


@pytest.fixture
def described(connection):
    """A mapping of contacts, after Acme has described them."""
    return service.describe(connection, CONTACT, CONTACT_FIELDS)
