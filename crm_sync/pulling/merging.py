"""Merging one record with the CRM's: what is taken, what we owe, and what both agree on then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_sync import agreeing
from crm_sync.agreeing import OWED
from crm_sync.connector import COMPANY, Remote, Value
from crm_sync.mapping.merge import Merge, Moment
from crm_sync.models import Conflict, Link
from crm_sync.pulling.writing import Record, model_of, source, write
from crm_sync.pushing.plan import Plan


def subject_id(plan: Plan, link: Link) -> int | None:
    """Return the id of the contact or the company that a link is of."""
    return link.company_id if plan.object == COMPANY else link.contact_id


def locked(plan: Plan, ids: Sequence[int]) -> dict[int, Record]:
    """Return contacts or companies by id, locked in their order until the transaction ends."""
    rows = model_of(plan.object)._default_manager.select_for_update(no_key=True)
    return {row.pk: row for row in rows.filter(pk__in=list(ids)).order_by("pk")}


def merge_in(
    plan: Plan, remote: Remote, link: Link, row: Record, subject: Mapping[str, Any], at: Moment
) -> Merge:
    """Take what the CRM's record brings, and note in the link what both have then.

    In the caller's transaction, with the row locked by it; the link has to be saved, here it is
    only changed. `push` of what is returned is owed to the CRM.
    """
    merged = plan.merge(subject, link.agreed, remote.values, at, agreeing.apart(link))
    refused = write(row, merged.take, source(plan.connection.label))
    link.words = "; ".join([*(p.words for p in merged.problems), *refused.values()])[:300]
    _note(plan, link, merged, remote, refused)
    link.remote_modified_at = remote.modified_at or link.remote_modified_at
    _list_conflicts(link, merged)
    return merged


def _note(
    plan: Plan, link: Link, merged: Merge, remote: Remote, refused: Mapping[str, str]
) -> None:
    """Note field by field: what we owe, what both have now, and what was left to differ."""
    same: dict[str, Value] = {}
    apart: dict[str, Value] = {}
    taken = {remote for remote, ours in merged.taken.items() if ours not in refused}
    for name in plan.remote_names:
        theirs, mine = remote.values.get(name), merged.mine.get(name)
        if name in merged.push:
            apart[name] = OWED
        elif name in taken or plan.same(name, mine, theirs):
            same[name] = theirs
        else:
            apart[name] = mine
    agreeing.agree(link, same)
    agreeing.differ(link, apart, remote.values)


def note_forms(plan: Plan, merges: Sequence[tuple[Link, Merge]]) -> None:
    """What was taken, and would read otherwise when it is sent, is no news for the CRM."""
    took = {subject_id(plan, link): (link, merged) for link, merged in merges if merged.taken}
    for pk, subject in plan.subjects([pk for pk in took if pk is not None]).items():
        link, merged = took[pk]
        moved = {
            name: value for name, value in plan.make(subject).values.items()
            if name in merged.taken and not plan.same(name, value, link.agreed.get(name))
        }  # fmt: skip
        agreeing.differ(link, moved, dict(link.agreed))


def _list_conflicts(link: Link, merged: Merge) -> None:
    Conflict.objects.bulk_create(
        Conflict(
            link=link, field=one.field[:100], remote_field=one.remote_field[:100], ours=one.ours,
            theirs=one.theirs, taken=one.taken, rule=one.rule,
        )
        for one in merged.conflicts
    )  # fmt: skip
