"""Meeting: records of ours that have never been sent, and what the CRM has of them already.

Who is there once, and is nobody else's, is taken over: both sides' values are merged as if nothing
had been agreed on, so the mapping's rules say what is written there and what is taken from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from contacts import leases
from crm_sync.connector import Api, Remote, Value
from crm_sync.mapping.merge import Moment
from crm_sync.models import Link
from crm_sync.pulling.merging import locked, merge_in, note_forms
from crm_sync.pushing.finding import There, look
from crm_sync.pushing.plan import Plan
from crm_sync.pushing.preparing import Ready, intend
from crm_sync.pushing.settling import OURS_ALREADY, settle_met
from integrations.lanes import Lane

# Who met nobody knows whose word is the later: what stands there is kept, unless ours wins.
NEVER = Moment(None, None)
DESCRIBED = 20  # candidates of which the values are kept for whoever chooses


async def meet(
    plan: Plan, api: Api, lane: Lane, strangers: Sequence[Ready], worker_id: UUID
) -> list[Ready]:
    """Return who is to be written, with their intents stored; the others are settled."""
    if not strangers:
        return []
    wanted = [pair for one in strangers for pair in one.write.same_as]
    named = [one.link.remote_id for one in strangers if one.link.remote_id]
    there = await look(plan, api, wanted, named)
    return await lane.run(_meet, plan, strangers, there, worker_id)


def _meet(plan: Plan, strangers: Sequence[Ready], there: There, worker_id: UUID) -> list[Ready]:
    """Take over who is there, in one transaction with the intents of all who go."""
    if not leases.holds(worker_id):
        return []
    fits = [_fits(there, one) for one in strangers]
    owners = _owners(plan, [remote.id for found in fits for remote in found])
    going, known, ended = [], [], []
    for one, found in zip(strangers, fits, strict=True):
        free = [r for r in found if owners.get(r.id, one.write.key) == one.write.key]
        if not found:
            going.append(replace(one, write=replace(one.write, remote_id="")))
        elif len(found) == 1 and free:
            owners[free[0].id] = one.write.key
            known.append((one, free[0]))
        else:
            ended.append(_several(plan, one, found, is_taken=not free))
    met = _taken_over(plan, known)
    going += [one for one in met if one.write.values]
    intend(going)
    settle_met([one for one in met if not one.write.values], ended, worker_id)
    return going


def _fits(there: There, one: Ready) -> list[Remote]:
    return there.fits(one.write.key, one.link.remote_id, one.write.same_as)


def _owners(plan: Plan, remote_ids: Sequence[str]) -> dict[str, str]:
    """Return which of our keys remote records belong to, of those that belong to any."""
    links = Link.objects.filter(
        connection=plan.connection, object=plan.object, remote_id__in=remote_ids
    )
    return {remote_id: str(key) for remote_id, key in links.values_list("remote_id", "key")}


def words_of_several(count: int) -> str:
    return f"{count} records there fit: choose which it is"


def _several(plan: Plan, one: Ready, found: Sequence[Remote], *, is_taken: bool) -> Ready:
    link = one.link
    link.state, link.candidates = Link.State.SEVERAL, [remote.id for remote in found]
    link.candidate_values = {remote.id: _filled(plan, remote) for remote in found[:DESCRIBED]}
    link.words = OURS_ALREADY if is_taken else words_of_several(len(found))
    return one


def _filled(plan: Plan, remote: Remote) -> list[tuple[str, Value]]:
    """Return what stands in a record of the CRM's, in the mapping's order."""
    names = dict.fromkeys(row.remote for row in plan.rows)
    told = ((name, remote.values.get(name)) for name in names)
    return [(name, value) for name, value in told if value not in (None, "", [])]


def _taken_over(plan: Plan, known: Sequence[tuple[Ready, Remote]]) -> list[Ready]:
    """Return the records as those that the CRM has, with what it is still to be given."""
    rows = locked(plan, [one.item.subject_id for one, _ in known])
    subjects = plan.subjects(list(rows))
    met, merges = [], []
    for one, remote in known:
        row = rows.get(one.item.subject_id)
        if row is None:
            continue
        one.link.remote_id, one.link.state = remote.id, Link.State.LINKED
        merged = merge_in(plan, remote, one.link, row, subjects[row.pk], NEVER)
        write = replace(one.write, remote_id=remote.id, values=merged.push)
        met.append(replace(one, write=write))
        merges.append((one.link, merged))
    note_forms(plan, merges)
    return met
