"""HubSpot's connector against the sandbox: what all promise, and what is its own."""

from __future__ import annotations

from crm_sync.connectors.hubspot import HUBSPOT
from tests.crm_sync.contract import ConnectorContract


class TestHubSpot(ConnectorContract):
    connector = HUBSPOT
    contact = {"firstname": "Ada", "lastname": "Lovelace", "phone": "+14155550100"}
    company = {"name": "Example Works", "domain": "works.example.test"}
    text_field = "jobtitle"
    same_field = "email"
    bad = {"hs_lead_status": "NO_SUCH_STATUS"}
