"""What Pipedrive's connector promises as all do."""

from __future__ import annotations

from crm_sync.connectors.pipedrive import PIPEDRIVE
from integrations.sandbox.pipedrive.fields import hash_of
from tests.crm_sync.connectors.pipedrive.at_pipedrive import TABLES
from tests.crm_sync.contract import ConnectorContract

SEGMENT = hash_of("persons", "Segment")
LISTS = {"email": "emails", "phone": "phones"}


class TestPipedrive(ConnectorContract):
    connector = PIPEDRIVE
    contact = {"name": "Ada Lovelace", "phone": "+14155550101"}
    company = {"name": "Analytical Engines"}
    text_field = hash_of("persons", "Department")
    same_field = "email"
    bad = {SEGMENT: "99"}

    def table(self, obj):
        return TABLES[obj]

    def as_stored(self, values):
        return {
            LISTS.get(name, name): [{"value": value, "primary": True}] if name in LISTS else value
            for name, value in values.items()
        }
