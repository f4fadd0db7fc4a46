"""Syncs with Salesforce, as the sandbox plays it."""

from tests.crm_sync.sync_contract import SyncContract


class TestSalesforce(SyncContract):
    kind = "salesforce"
    ours, theirs, mail = "position", "Title", "Email"
    seed = {"LastName": "Last0"}
