"""Syncs with Pipedrive, as the sandbox plays it."""

from tests.crm_sync.sync_contract import SyncContract

LISTS = {"email": "emails", "phone": "phones"}


class TestPipedrive(SyncContract):
    kind = "pipedrive"
    ours, theirs, mail = "full_name", "name", "email"
    seed = {"name": "First0 Last0"}
    made = "First0 Last0"

    def as_stored(self, values):
        return {
            LISTS.get(name, name): [{"value": value, "primary": True}] if name in LISTS else value
            for name, value in values.items()
        }
