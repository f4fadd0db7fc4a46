"""Syncs with HubSpot, as the sandbox plays it."""

from tests.crm_sync.sync_contract import SyncContract


class TestHubSpot(SyncContract):
    kind = "hubspot"
    ours, theirs, mail = "position", "jobtitle", "email"
    seed = {"firstname": "First0"}
    mail_is_unique = True
