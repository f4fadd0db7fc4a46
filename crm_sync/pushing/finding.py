"""Finding: whether the CRM knows already whom we have never sent, so that nobody is there twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crm_sync.connector import Api, Remote
from crm_sync.hearing import heard
from crm_sync.pushing.plan import Plan

AT_ONCE = 100
By = tuple[str, str]  # a remote field, and the value that is looked for


@dataclass(frozen=True, slots=True)
class There:
    """What the CRM has: records by (field, value), and those that were named by hand, by id."""

    by_value: Mapping[By, Sequence[Remote]] = field(default_factory=dict)
    by_id: Mapping[str, Remote] = field(default_factory=dict)

    def fits(self, key: str, remote_id: str, same_as: Sequence[By]) -> list[Remote]:
        """Return the records that fit one of ours, by the surest value that any fits by.

        One that bears another's key is another's.
        """
        if remote_id:
            return [self.by_id[remote_id]] if remote_id in self.by_id else []
        for pair in same_as:
            found = {r.id: r for r in self.by_value.get(pair, ()) if r.key in ("", key)}
            if found:
                return list(found.values())
        return []


async def look(plan: Plan, api: Api, wanted: Sequence[By], ids: Sequence[str]) -> There:
    """Return what the CRM has by these values, and by these ids. Raises CallError."""
    return There(await _by_value(plan, api, sorted(set(wanted))), await _by_id(plan, api, ids))


async def _by_value(plan: Plan, api: Api, wanted: Sequence[By]) -> Mapping[By, Sequence[Remote]]:
    found: dict[By, list[Remote]] = defaultdict(list)
    fields = sorted({*plan.remote_names, *(name for name, _ in wanted)})
    for start in range(0, len(wanted), AT_ONCE):
        by = wanted[start : start + AT_ONCE]
        records = await heard(plan.connector, plan.connector.find(api, plan.object, by, fields))
        for remote in records:
            for pair in by:
                if _has(remote, pair):
                    found[pair].append(remote)
    return found


async def _by_id(plan: Plan, api: Api, ids: Sequence[str]) -> Mapping[str, Remote]:
    if not ids:
        return {}
    known = plan.connector
    records = await heard(known, known.read(api, plan.object, ids, plan.remote_names))
    return {remote.id: remote for remote in records}


def _has(remote: Remote, pair: By) -> bool:
    name, wanted = pair
    value = remote.values.get(name)
    values = value if isinstance(value, list | tuple) else [value]
    return any(str(each).strip().casefold() == wanted.strip().casefold() for each in values)
