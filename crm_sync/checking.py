"""Checking: every day each mapping is compared with what its CRM says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from crm_sync.api import CrmApi
from crm_sync.models import Connection
from crm_sync.preflight import preflight
from crm_sync.registry import CONNECTORS
from crm_sync.tokens import reach_of
from integrations.errors import CallError
from integrations.gate import Gate
from integrations.lanes import Lane

if TYPE_CHECKING:
    from crm_sync.runtime import Runtime

log = structlog.get_logger(__name__)


def check_all(runtime: Runtime) -> None:
    """Check the mappings of all connections that are signed in; what is wrong stands with them."""
    ready = Connection.objects.filter(
        is_enabled=True, state=Connection.State.READY, kind__in=list(CONNECTORS)
    )
    for of in ready:
        runtime.run(_check(of, runtime.gate))


async def _check(of: Connection, gate: Gate) -> None:
    lane = Lane("checks")
    try:
        api = CrmApi(gate, await reach_of(of.pk, gate, lane))
        _, problems = await preflight(of, CONNECTORS[of.kind], api, lane)
        log.info("mapping_checked", connection=of.pk, problems=len(problems))
    except CallError as why:
        log.warning("mapping_not_checked", connection=of.pk, why=str(why))
    finally:
        lane.close()
