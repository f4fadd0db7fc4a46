"""The connectors, in one list that a reader can see."""

from __future__ import annotations

from collections.abc import Mapping

from crm_sync.connector import Connector
from crm_sync.connectors.dynamics import DYNAMICS
from crm_sync.connectors.hubspot import HUBSPOT
from crm_sync.connectors.pipedrive import PIPEDRIVE
from crm_sync.connectors.salesforce import SALESFORCE

ALL: tuple[Connector, ...] = (
    SALESFORCE,
    HUBSPOT,
    PIPEDRIVE,
    DYNAMICS,
)
CONNECTORS: Mapping[str, Connector] = {each.slug: each for each in ALL}


def connector(slug: str) -> Connector:
    """Return a connector. Raises LookupError for one that does not exist."""
    try:
        return CONNECTORS[slug]
    except KeyError:
        raise LookupError(f"There is no CRM called {slug!r}") from None
