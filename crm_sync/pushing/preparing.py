"""Preparing: claimed items become writes, with their links and intents stored before anything goes.

Runs in one transaction: what it returns is as it stood together, and a crash afterwards leaves for
each record the key under which it may have been written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from contacts import leases
from crm_sync.connector import COMPANY, Write
from crm_sync.links import keep_links
from crm_sync.models import Link
from crm_sync.pushing.collecting import selected
from crm_sync.pushing.deciding import Decision, decide
from crm_sync.pushing.holding import held_back
from crm_sync.pushing.items import HELD, Ended, Item
from crm_sync.pushing.plan import Plan

# A request that a lost worker sent may still be under way for so long.
STALE = timedelta(seconds=40)
INTENDED = ("intended_at", "remote_id", "state", "agreed", "words")


@dataclass(slots=True)
class Ready:
    """A record that is to be written, and what was decided about it."""

    item: Item
    link: Link
    write: Write
    decision: Decision


@dataclass(slots=True)
class Prepared:
    """`ready` are to be written, `strangers` have to be looked for first, `ended` need nothing."""

    ready: list[Ready] = field(default_factory=list)
    strangers: list[Ready] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    unchanged: int = 0


def prepare(plan: Plan, items: Sequence[Item], worker_id: UUID) -> Prepared:
    """Return what to do about claimed items; nothing for a worker that was declared lost."""
    prepared = Prepared()
    if not items or not leases.holds(worker_id):
        return prepared
    known, held = chosen(plan, [one.subject_id for one in items])
    links = linked(plan, sorted(known))
    _forget_sent(plan, {one.subject_id for one in items} - set(known))
    current = []
    for item in items:
        link = links.get(item.subject_id) or Link(connection=plan.connection, object=plan.object)
        subject = known.get(item.subject_id)
        decision = decide(plan, subject, link, held.get(item.subject_id, ""))
        if decision.is_write:
            _set_out(plan, item, subject or {}, link, decision, prepared)
        else:
            prepared.ended.append(_ended(plan, item, decision))
            prepared.unchanged += decision.verdict == "unchanged"
            if decision.verdict == "unchanged" and link.sent_hash != decision.hash:
                link.sent_hash, link.mapping_version = decision.hash, plan.version
                current.append(link)
    keep_links(current, ["sent_hash", "mapping_version"])
    _store(prepared)
    return prepared


def chosen(
    plan: Plan, ids: Sequence[int]
) -> tuple[dict[int, Mapping[str, Any]], Mapping[int, str]]:
    """Return what we know of the records that the connection wants, and why some are held back."""
    mine = sorted(selected(plan.connection, plan.object, ids))
    return dict(plan.subjects(mine)), {} if plan.object == COMPANY else held_back(mine)


def linked(plan: Plan, ids: Sequence[int]) -> dict[int, Link]:
    """Return the links of records, unsaved where there are none, by record."""
    side = _side(plan)
    links = {getattr(link, side): link for link in _links(plan, ids)}
    for pk in ids:
        if pk not in links:
            links[pk] = Link(connection=plan.connection, object=plan.object, **{side: pk})
    return links


def _links(plan: Plan, ids: Collection[int]) -> QuerySet[Link]:
    of_these = {f"{_side(plan)}__in": list(ids)}
    return Link.objects.filter(connection=plan.connection, object=plan.object, **of_these)


def _side(plan: Plan) -> str:
    return "company_id" if plan.object == COMPANY else "contact_id"


def _forget_sent(plan: Plan, ids: Collection[int]) -> None:
    """Of what changes outside the selection nothing goes: it is owed to who comes back into it."""
    if ids:
        _links(plan, ids).exclude(sent_hash="").update(sent_hash="")


def _set_out(
    plan: Plan,
    item: Item,
    subject: Mapping[str, Any],
    link: Link,
    decision: Decision,
    prepared: Prepared,
) -> None:
    """Make a write of an item, unless it was refused as it is, or may still be on its way."""
    if item.hash == decision.hash and item.version == plan.version and item.tries == 1:
        prepared.ended.append(_refused_before(item))
        return
    if item.losses and not plan.connector.has_upsert and _is_lately(link.intended_at):
        prepared.ended.append(Ended(item, "waiting", pause_s=STALE.total_seconds(), is_spared=True))
        return
    same_as = () if link.remote_id else plan.same_as(subject)
    may_exist = link.intended_at is not None
    write = Write(str(link.key), decision.values, link.remote_id, may_exist, same_as)
    ready = Ready(item, link, write, decision)
    is_new = bool(same_as) and not may_exist
    is_not_met = bool(link.remote_id) and not link.agreed  # somebody has linked it by hand
    (prepared.strangers if is_new or is_not_met else prepared.ready).append(ready)


def _is_lately(intended_at: datetime | None) -> bool:
    return intended_at is not None and timezone.now() - intended_at < STALE


def _refused_before(item: Item) -> Ended:
    """The CRM has refused exactly this: neither the record nor the mapping has changed since."""
    return Ended(item, "rejected", item.words, item.field, item.code, item.hash, item.version)


def _ended(plan: Plan, item: Item, decision: Decision) -> Ended:
    problem = decision.problem
    if decision.verdict == "held" and problem:
        return Ended(item, "rejected", problem.words, code=HELD, version=plan.version)
    if decision.verdict == "invalid" and problem:
        return Ended(item, "rejected", problem.words, problem.field, "mapping", "", plan.version)
    return Ended(item, "done")


def _store(prepared: Prepared) -> None:
    """Store new links, and the intents of what goes now, before anything is sent."""
    _mark(prepared.ready, timezone.now())
    going = [one.link for one in (*prepared.ready, *prepared.strangers)]
    Link.objects.bulk_create([link for link in going if link.pk is None])
    keep_links([one.link for one in prepared.ready], ["intended_at"])


def intend(ready: Sequence[Ready]) -> None:
    """Store the intents of strangers that were looked for, and what was taken over."""
    _mark(ready, timezone.now())
    keep_links([one.link for one in ready], INTENDED)


def _mark(ready: Sequence[Ready], now: datetime) -> None:
    for one in ready:
        one.link.intended_at = now
