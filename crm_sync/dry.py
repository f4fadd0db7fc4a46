"""A dry run: what a sync would do, record by record, with nothing sent and nothing claimed.

The CRM is only read: whom it knows already is looked for, as a sync would.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from crm_sync.connector import Api, Problem, Remote
from crm_sync.estimating import estimate
from crm_sync.marks import Progress
from crm_sync.models import Finding, Link, OutboxItem, Sync
from crm_sync.pushing.deciding import Decision, Verdict, decide
from crm_sync.pushing.finding import There, look
from crm_sync.pushing.meeting import NEVER, words_of_several
from crm_sync.pushing.plan import Plan, Subject
from crm_sync.pushing.preparing import chosen, linked
from integrations.lanes import Lane

AT_ONCE = 500
KEPT = 1_000  # of an object and a verdict
SHOWN = {
    "create": "create", "update": "update", "invalid": "invalid", "held": "held", "left": "held",
}  # fmt: skip


@dataclass(slots=True)
class Weighed:
    """One record, what is to be done about it, and what the CRM has in those fields."""

    subject_id: int
    subject: Subject
    link: Link
    decision: Decision
    key: str
    has: dict[str, object]

    @property
    def is_stranger(self) -> bool:
        return self.decision.verdict == "create" and self.link.intended_at is None


async def run(
    plans: Sequence[Plan],
    api: Api,
    lane: Lane,
    progress: Progress,
    stops: Callable[[], bool],
    problems: Sequence[Problem],
) -> bool:
    """Weigh everything that is due, and keep what was found; tell whether it is all weighed."""
    marks = progress.marks
    if "weighing" not in marks:
        await lane.run(_begin, progress, problems)
        marks["weighing"] = {}
    for plan in plans:
        progress.stage = f"Weighing {plan.object} records"
        while (after := marks["weighing"].get(plan.object, 0)) is not None:
            if stops():
                return False
            weighed, last = await lane.run(_weigh, plan, after)
            await _look(plan, api, weighed)
            marks["weighing"][plan.object] = last
            await lane.run(_keep, plan, progress, weighed)
    await lane.run(estimate, plans, progress)
    return True


def _begin(progress: Progress, problems: Sequence[Problem]) -> None:
    """Forget what an earlier try found."""
    Finding.objects.filter(sync_id=progress.sync_id).delete()
    progress.counts.clear()
    told = [asdict(one) for one in problems]
    Sync.objects.filter(pk=progress.sync_id).update(problems=told)


def _weigh(plan: Plan, after: int) -> tuple[list[Weighed], int | None]:
    """Weigh the next records of an outbox; return also the last item's id, None at the end."""
    due = OutboxItem.objects.filter(
        connection=plan.connection, object=plan.object, state=OutboxItem.State.WAITING, pk__gt=after
    ).order_by("pk")
    rows = list(due.values_list("pk", "subject_id")[:AT_ONCE])
    ids = [subject_id for _, subject_id in rows]
    known, held = chosen(plan, ids)
    links = linked(plan, ids)
    found = []
    for pk in ids:
        link = links[pk]
        decision = decide(plan, known.get(pk), link, held.get(pk, ""))
        has = {name: link.agreed.get(name) for name in decision.values}
        found.append(Weighed(pk, known.get(pk, {}), link, decision, str(link.key), has))
    return found, rows[-1][0] if rows else None


async def _look(plan: Plan, api: Api, weighed: Sequence[Weighed]) -> None:
    """Look whether the CRM knows those who were never sent, and weigh them by what it has."""
    strangers = [one for one in weighed if one.is_stranger]
    if not strangers:
        return
    pairs = [pair for one in strangers for pair in plan.same_as(one.subject)]
    ids = [one.link.remote_id for one in strangers if one.link.remote_id]
    there = await look(plan, api, pairs, ids)
    for one in strangers:
        _meet(plan, one, there)


def _meet(plan: Plan, one: Weighed, there: There) -> None:
    fits = there.fits(one.key, one.link.remote_id, plan.same_as(one.subject))
    if len(fits) > 1:
        problem = Problem(words_of_several(len(fits)))
        one.decision = replace(one.decision, verdict="left", values={}, problem=problem)
    elif fits:
        _take_over(plan, one, fits[0])


def _take_over(plan: Plan, one: Weighed, remote: Remote) -> None:
    values = plan.merge(one.subject, {}, remote.values, NEVER, {}).push
    verdict: Verdict = "update" if values else "unchanged"
    one.decision = replace(one.decision, verdict=verdict, values=values)
    one.has = {name: remote.values.get(name) for name in values}


def _keep(plan: Plan, progress: Progress, weighed: Sequence[Weighed]) -> None:
    """Count the verdicts, and keep the first KEPT findings of each."""
    sync_id = progress.sync_id
    progress.counts[plan.object].update(one.decision.verdict for one in weighed)
    before = Finding.objects.filter(sync_id=sync_id, object=plan.object)
    kept = Counter(before.values_list("verdict", flat=True))
    rows = []
    for one in weighed:
        if (verdict := SHOWN.get(one.decision.verdict)) is None:
            continue
        kept[verdict] += 1
        if kept[verdict] <= KEPT:
            rows.append(_finding(plan, sync_id, one, verdict))
    Finding.objects.bulk_create(rows)
    progress.note()


def _finding(plan: Plan, sync_id: int, one: Weighed, verdict: str) -> Finding:
    values, problem = one.decision.values, one.decision.problem or Problem("")
    return Finding(
        sync_id=sync_id, object=plan.object, subject_id=one.subject_id, verdict=verdict,
        changes={name: [one.has.get(name), value] for name, value in values.items()},
        words=problem.words[:300], field=problem.field[:100],
    )  # fmt: skip
