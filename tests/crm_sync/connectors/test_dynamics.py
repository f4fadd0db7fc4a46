"""Dynamics 365's connector against the sandbox: what all connectors promise."""

from __future__ import annotations

from crm_sync.connectors.dynamics import DYNAMICS
from crm_sync.connectors.dynamics.provider import TABLES
from tests.crm_sync.contract import ConnectorContract


class TestDynamics(ConnectorContract):
    connector = DYNAMICS
    contact = {"firstname": "Ada", "lastname": "Lovelace", "telephone1": "+14155550100"}
    company = {"name": "Example Works", "websiteurl": "https://works.example.test"}
    text_field = "jobtitle"
    same_field = "emailaddress1"
    bad = {"department": "x" * 101}

    def table(self, obj):
        return TABLES[obj]
