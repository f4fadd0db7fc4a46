"""Salesforce keeps what every connector promises, by collections and by jobs alike."""

from __future__ import annotations

from crm_sync.connectors.salesforce import SALESFORCE
from tests.crm_sync.contract import ConnectorContract


class TestSalesforce(ConnectorContract):
    connector = SALESFORCE
    contact = {"LastName": "Lovelace", "FirstName": "Ada", "Phone": "+14155550100"}
    company = {"Name": "Analytical Engines", "Website": "https://engines.test"}
    text_field = "Title"
    same_field = "Email"
    bad = {"Email": "no address at all"}

    def table(self, obj):
        return {"contact": "Contact", "company": "Account"}[obj]


class TestSalesforceByJobs(TestSalesforce):
    """The same, while every record goes into a job of the Bulk API."""

    options = {"bulk_above": 0}
