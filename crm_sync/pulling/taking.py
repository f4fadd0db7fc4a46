"""Taking in a page of a CRM's records: who they are, what has changed there, whose word stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from contacts import leases
from contacts.leases import TakenOver
from crm_sync.connector import Remote
from crm_sync.links import keep_links
from crm_sync.mapping.merge import Merge, Moment
from crm_sync.models import Link
from crm_sync.pulling.entering import enter
from crm_sync.pulling.merging import locked, merge_in, note_forms, subject_id
from crm_sync.pushing.collecting import add
from crm_sync.pushing.plan import Plan
from crm_sync.pushing.settling import forget

TAKEN = (
    "remote_id", "state", "agreed", "sent_hash", "words", "candidates", "intended_at",
    "remote_modified_at",
)  # fmt: skip
UNKNOWN = Moment(None, None)


def take(plan: Plan, records: Sequence[Remote], worker_id: UUID) -> Counter[str]:
    """Write what a page brought, in the caller's transaction; return how many came to what.

    Our own echo, and a page that is read again, change nothing. Raises TakenOver for a worker that
    was declared lost, so that its cursor does not move either.
    """
    counts: Counter[str] = Counter()
    if not leases.holds(worker_id):
        raise TakenOver(f"worker {worker_id} was declared lost")
    latest = {one.id: one for one in records}
    links = _links(plan, list(latest.values()))
    new = _entered(plan, [one for one in latest.values() if one.id not in links], counts)
    links |= new
    gone = [one for one in latest.values() if one.is_deleted and one.id in links]
    owed = _deleted(plan, [links[one.id] for one in gone], counts)
    there = [one for one in latest.values() if not one.is_deleted and one.id in links]
    owed += _merged(plan, there, links, new, counts)
    keep_links(links.values(), TAKEN)
    if plan.connection.pushes:
        add(plan.connection, plan.object, owed)
    return counts


def _links(plan: Plan, records: Sequence[Remote]) -> dict[str, Link]:
    """Return the links of remote records, by remote id; after a lost answer, by our key."""
    mine = Link.objects.select_for_update().filter(connection=plan.connection, object=plan.object)
    ids = [remote.id for remote in records]
    by_id = {link.remote_id: link for link in mine.filter(remote_id__in=ids).order_by("pk")}
    keys = {_uuid(one.key): one for one in records if one.id not in by_id and not one.is_deleted}
    keys.pop(None, None)
    for link in mine.filter(key__in=list(keys), remote_id="").order_by("pk") if keys else ():
        link.remote_id, link.state = keys[link.key].id, Link.State.LINKED
        by_id[link.remote_id] = link
    return by_id


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _entered(plan: Plan, strangers: Sequence[Remote], counts: Counter[str]) -> dict[str, Link]:
    """Return the links of those who come in, by remote id."""
    found: dict[str, Link] = {}
    for one in strangers:
        wanted = plan.connection.creates_here and not one.is_deleted
        link = enter(plan, one) if wanted else None
        counts["came in" if link else "not ours"] += 1
        if link:
            found[one.id] = link
    return found


def _deleted(plan: Plan, links: Sequence[Link], counts: Counter[str]) -> list[int]:
    """Forget what was deleted there; return which of ours are to be made again."""
    again = []
    for link in links:
        if link.state != Link.State.LINKED:
            continue
        forget(link, plan.connection)
        counts["deleted there"] += 1
        pk = subject_id(plan, link)
        if link.state == Link.State.NEW and pk is not None:
            again.append(pk)
    return again


def _merged(
    plan: Plan,
    records: Sequence[Remote],
    links: Mapping[str, Link],
    new: Mapping[str, Link],
    counts: Counter[str],
) -> list[int]:
    """Merge what is linked with ours; return whom the CRM is owed something of."""
    mine = {one.id: subject_id(plan, links[one.id]) for one in records}
    rows = locked(plan, [pk for pk in mine.values() if pk is not None])
    subjects = plan.subjects(list(rows))
    owed, merges = [], []
    for one in records:
        link, row = links[one.id], rows.get(mine[one.id] or 0)
        if row is None or link.state != Link.State.LINKED:
            continue
        at = UNKNOWN if one.id in new else Moment(row.updated_at, one.modified_at)
        merged = merge_in(plan, one, link, row, subjects[row.pk], at)
        merges.append((link, merged))
        counts[_came(merged)] += one.id not in new
        if merged.push:
            owed.append(row.pk)
    note_forms(plan, merges)
    return owed


def _came(merged: Merge) -> str:
    """Return in a word what a record brought."""
    if merged.problems:
        return "does not fit"
    return "taken" if merged.take else "ours stands" if merged.push else "echo"
