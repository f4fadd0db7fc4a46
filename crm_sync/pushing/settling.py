"""Settling: what a CRM said of writes goes to links and items, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from contacts import leases
from crm_sync import agreeing
from crm_sync.connector import Written
from crm_sync.links import keep_links
from crm_sync.models import Connection, Link
from crm_sync.pushing.items import Ended, end, later
from crm_sync.pushing.plan import Plan
from crm_sync.pushing.preparing import Prepared, Ready
from integrations.errors import CallError, Refused, Throttled

DONE = frozenset(("created", "updated", "same"))
FIELDS = (
    "remote_id", "state", "agreed", "sent_hash", "mapping_version", "intended_at",
    "remote_modified_at", "synced_at", "words", "candidates", "candidate_values",
)  # fmt: skip
OURS_ALREADY = "its record there is linked with another of ours: merge the two here or there"


def settle(
    plan: Plan, ready: Sequence[Ready], written: Mapping[str, Written], worker_id: UUID
) -> Counter[str]:
    """Write what became of records; return how many came to what. May be committed twice."""
    counts: Counter[str] = Counter()
    if not leases.holds(worker_id):
        return counts
    taken = _taken(plan, ready, written)
    ended = []
    for one in ready:
        said = written.get(one.write.key) or Written(one.write.key, "unknown")
        if said.outcome in DONE and said.remote_id in taken.get(one.link.pk, {said.remote_id: 1}):
            ended.append(_done(plan, one, said))
        else:
            ended.append(_not_done(plan, one, said))
        counts[said.outcome] += 1
    keep_links([one.link for one in ready], FIELDS)
    end(ended, worker_id)
    return counts


def settle_none(ready: Sequence[Ready], why: CallError, worker_id: UUID) -> None:
    """Let records wait of which nothing is known.

    Where nothing was sent, or the CRM asked to wait, it was no try.
    """
    pause_s, is_spared = asked_s(why) or 0.0, isinstance(why, (Refused, Throttled))
    end(
        [later(one.item, str(why), why.code, pause_s, is_spared=is_spared) for one in ready],
        worker_id,
    )


def asked_s(why: CallError) -> float | None:
    """Return how many seconds a CRM, or our own limits, ask us to wait; None: it is not said."""
    if why.retry_at:
        return max((why.retry_at - timezone.now()).total_seconds(), 0.0)
    return why.retry_after_s


def settle_met(same: Sequence[Ready], ended: Sequence[Ready], worker_id: UUID) -> None:
    """End whom the CRM has as we do, and who waits for a person to choose."""
    now = timezone.now()
    for one in same:
        one.link.synced_at, one.link.intended_at = now, None
    both = [*same, *ended]
    keep_links([one.link for one in both], FIELDS)
    end([Ended(one.item, "done") for one in both], worker_id)


def settle_prepared(prepared: Prepared, worker_id: UUID) -> None:
    """End what needs no write."""
    end(prepared.ended, worker_id)


def _taken(
    plan: Plan, ready: Sequence[Ready], written: Mapping[str, Written]
) -> dict[int, Mapping[str, int]]:
    """Return, of records whose remote id is another link's already, nothing that they may have."""
    ids = {w.remote_id for w in written.values() if w.outcome in DONE and w.remote_id}
    others = Link.objects.filter(
        Q(connection=plan.connection, object=plan.object, remote_id__in=ids)
    ).values_list("remote_id", "pk")
    owner = dict(others)
    clashes: dict[int, Mapping[str, int]] = {}
    for one in ready:
        said = written.get(one.write.key)
        if said and owner.get(said.remote_id, one.link.pk) != one.link.pk:
            clashes[one.link.pk] = {}
        elif said and said.remote_id:
            owner[said.remote_id] = one.link.pk
    return clashes


def _done(plan: Plan, one: Ready, said: Written) -> Ended:
    link = one.link
    link.remote_id = said.remote_id or link.remote_id
    link.state = Link.State.LINKED
    agreeing.agree(link, one.write.values)
    link.sent_hash, link.mapping_version = one.decision.hash, plan.version
    link.intended_at, link.synced_at, link.words = None, timezone.now(), ""
    link.remote_modified_at = said.modified_at or link.remote_modified_at
    return Ended(one.item, "done")


def _not_done(plan: Plan, one: Ready, said: Written) -> Ended:
    link, words = one.link, said.words or said.outcome
    if said.outcome in DONE:
        link.intended_at, link.state, link.words = None, Link.State.SEVERAL, OURS_ALREADY
        return Ended(one.item, "done")
    if said.outcome in ("again", "unknown"):
        if said.outcome == "again" and not one.write.may_exist:
            link.intended_at = None
        return later(one.item, words, said.code)
    link.intended_at = None
    if said.outcome == "gone":
        return _gone(plan, one)
    if said.outcome == "several":
        link.state, link.words = Link.State.SEVERAL, words[:300]
        return Ended(one.item, "done")
    return Ended(
        one.item, "rejected", words, said.field, said.code, one.decision.hash, plan.version
    )


def _gone(plan: Plan, one: Ready) -> Ended:
    """The record was deleted there: make it again, or leave it alone, as the connection says."""
    forget(one.link, plan.connection)
    is_made_again = one.link.state == Link.State.NEW
    return Ended(one.item, "waiting" if is_made_again else "done")


def forget(link: Link, connection: Connection) -> None:
    """Take note that the CRM's record is no more."""
    link.remote_id, link.agreed, link.sent_hash = "", {}, ""
    is_made_again = connection.when_deleted_there == Connection.There.RECREATE
    link.state = Link.State.NEW if is_made_again else Link.State.DETACHED
    link.words = "" if is_made_again else "deleted there"
