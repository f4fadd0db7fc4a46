"""Preflight: what has to be mended before anything is written, asked of the CRM and the mapping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from django.utils import timezone

from crm_sync.connector import OBJECTS, Api, Connector, Problem
from crm_sync.hearing import heard
from crm_sync.mapping import service
from crm_sync.models import Connection
from crm_sync.pushing.plan import Plan, planned
from integrations.errors import CallError, NotEntitled, NotFound
from integrations.lanes import Lane


async def preflight(
    of: Connection, connector: Connector, api: Api, lane: Lane
) -> tuple[list[Plan], list[Problem]]:
    """Return the plans of the connection's objects in their order, and what has to be mended.

    Raises CallError where the CRM cannot be asked at all.
    """
    plans, problems = [], []
    for obj in (each for each in OBJECTS if each in of.objects_on):
        try:
            fields = await heard(connector, connector.describe(api, obj))
            found = list(await heard(connector, connector.check(api, obj)))
        except (NotEntitled, NotFound) as why:
            problems.append(Problem(str(why), object=obj))
            continue
        plan, wrong = await lane.run(_plan, of, connector, obj, list(fields))
        plans.append(plan)
        problems += _each_once(replace(one, object=obj) for one in (*found, *wrong))
    await _allowances(of, connector, api, lane)
    return plans, problems


def _plan(
    of: Connection, connector: Connector, obj: str, fields: Sequence[Any]
) -> tuple[Plan, list[Problem]]:
    kept = service.describe(of, obj, fields)
    return planned(of, connector, kept, fields), [Problem(**one) for one in kept.problems]


def _each_once(problems: Iterable[Problem]) -> list[Problem]:
    """The connector and the mapping's check may both have seen that a key field lacks."""
    return list({(one.field, one.words): one for one in problems}.values())


async def _allowances(of: Connection, connector: Connector, api: Api, lane: Lane) -> None:
    """Read the CRM's limits for people to see; a sync does without."""
    try:
        told = [asdict(one) for one in await connector.allowances(api)]
    except CallError:
        return
    for one in told:
        one["resets_at"] = one["resets_at"].isoformat() if one["resets_at"] else None
    await lane.run(_keep, of.pk, told)


def _keep(connection_id: int, told: list[dict[str, Any]]) -> None:
    Connection.objects.filter(pk=connection_id).update(
        allowances=told, allowances_at=timezone.now()
    )
