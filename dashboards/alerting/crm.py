"""Connections to CRMs that stand still until somebody signs in, as readings: one alert each."""

from __future__ import annotations

from collections.abc import Iterator

from crm_sync.models import Connection
from crm_sync.signing_in import KINDS
from dashboards.alerting.readings import Reading

KIND = "connection_stopped"
STOPPED = (Connection.State.NEEDS_LOGIN, Connection.State.REFUSED)


def stopped_connections() -> Iterator[Reading]:
    """Yield a reading for each connection that is used, and refused (XR-47)."""
    for row in Connection.objects.filter(is_enabled=True, state__in=STOPPED).order_by("pk"):
        label = KINDS[row.kind].label if row.kind in KINDS else row.kind
        words = f"{row.label} ({label}) syncs nothing. {row.state_reason}"
        yield Reading(KIND, f"connection:{row.pk}", 1, words)
