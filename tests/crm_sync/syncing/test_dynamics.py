"""Syncs with Dynamics 365, as the sandbox plays it."""

from tests.crm_sync.sync_contract import SyncContract


class TestDynamics(SyncContract):
    kind = "dynamics"
    ours, theirs, mail = "position", "jobtitle", "emailaddress1"
    seed = {"lastname": "Last0"}
