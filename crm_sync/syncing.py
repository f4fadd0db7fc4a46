"""Syncing: one sync of one connection, from the questions before it to the last deletion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError

from contacts.leases import TakenOver
from crm_sync import deleting, dry
from crm_sync.api import CrmApi
from crm_sync.connector import CONTACT, Connector, Problem
from crm_sync.ending import Mending, pause_after, write_end
from crm_sync.mapping import service
from crm_sync.marks import CLICK, Progress, begun
from crm_sync.models import Connection, Deletion, Sync
from crm_sync.preflight import preflight
from crm_sync.pulling.puller import pull
from crm_sync.pushing import items
from crm_sync.pushing.collecting import collect, collect_all, collect_newcomers
from crm_sync.pushing.plan import Plan
from crm_sync.pushing.pusher import Pusher
from crm_sync.pushing.relating import relate
from crm_sync.referrals.client import SOURCE
from crm_sync.referrals.pulling import work as work_at_referrals
from crm_sync.referrals.syncs import category_of
from crm_sync.registry import connector
from crm_sync.tokens import reach_of
from integrations.errors import (
    AccountUnusable,
    CallError,
    CredentialRejected,
    NotEntitled,
    Refused,
    Throttled,
)
from integrations.gate import Gate
from integrations.lanes import Lane

log = structlog.get_logger(__name__)

FINAL = (AccountUnusable, CredentialRejected, NotEntitled)
MOST_FAILURES = 20
DATABASE_AWAY = (OperationalError, InterfaceError)


class Stopped(Exception):
    """The slice is over, or somebody wants the sync to stop."""


class Later(Exception):
    """Some records wait for their next try."""

    def __init__(self, count: int, pause_s: float) -> None:
        super().__init__(f"{count:,} records wait for their next try")
        self.pause_s = pause_s


class Syncing:
    """One sync at work in one worker's hands."""

    def __init__(
        self, sync: Sync, gate: Gate, lane: Lane, worker_id: UUID, should_stop: Callable[[], bool]
    ) -> None:
        self._sync = sync
        self._of = sync.connection
        self._gate = gate
        self._lane = lane
        self._worker = worker_id
        self._should_stop = should_stop
        self._progress: Progress

    async def work(self) -> None:
        """Go on with the sync; at the end its row says what came of it. Raises no CallError."""
        clicked = {CLICK: self._sync.marks[CLICK]} if CLICK in self._sync.marks else {}
        structlog.contextvars.bind_contextvars(sync=self._sync.pk, **clicked)
        self._progress = await self._lane.run(begun, self._sync, self._worker)
        try:
            if self._of.kind == SOURCE.slug:
                await work_at_referrals(await self._api(), self._sync, self._lane)
                return
            await self._go()
        except Stopped:
            wanted = self._progress.wants_stop
            await self._end(Sync.State.STOPPED if wanted else Sync.State.WAITING)
        except Later as why:
            await self._end(Sync.State.WAITING, str(why), pause_s=why.pause_s)
        except CallError as why:
            await self._put_off(why)
        except TakenOver as why:
            log.warning("sync_taken_over", sync=self._sync.pk, why=str(why))
        except DATABASE_AWAY:
            raise  # what is claimed goes back with this worker
        except Exception as mistake:
            log.exception("sync_failed", sync=self._sync.pk)
            await self._end(Sync.State.FAILED, f"{type(mistake).__name__} in our own code")
        else:
            await self._end(Sync.State.DONE)

    async def _api(self) -> CrmApi:
        keys = await self._lane.run(service.key_fields, self._of)
        reach = await reach_of(self._of.pk, self._gate, self._lane, key_fields=keys)
        return CrmApi(self._gate, reach)

    async def _go(self) -> None:
        of = self._of
        known: Connector = connector(of.kind)
        await self._at("Asking the CRM")
        api = await self._api()
        if not self._sync.is_dry:  # who was erased waits for no mapping to be mended
            await self._delete(api, known, [Deletion.Reason.ERASED])
        plans, problems = await preflight(of, known, api, self._lane)
        if self._sync.is_dry:
            await self._gather(plans)
            if not await dry.run(plans, api, self._lane, self._progress, self._stops, problems):
                raise Stopped
            return
        if problems:
            raise Mending(problems)
        if of.pulls:
            await self._pull(plans, api)
        if of.pushes:
            await self._gather(plans)
            await self._push(plans, api, known)
        await self._at("Deleting")
        await self._delete(api, known, Deletion.Reason.values)
        await self._wait_for_tries()

    async def _delete(self, api: CrmApi, known: Connector, reasons: Sequence[str]) -> None:
        gone = await deleting.delete(self._of, known, api, self._lane, self._worker, reasons)
        if gone:
            self._progress.counts[CONTACT]["deleted"] += gone

    async def _pull(self, plans: Sequence[Plan], api: CrmApi) -> None:
        await self._lane.run(self._heard)
        for plan in plans:
            if f"pulled:{plan.object}" in self._progress.marks:
                continue
            await self._at(f"Reading {plan.object} records")
            counts = self._progress.counts[plan.object]
            if not await pull(plan, api, self._lane, self._worker, counts, self._stops):
                raise Stopped
            self._progress.marks[f"pulled:{plan.object}"] = True

    def _heard(self) -> None:
        """What the CRM told of so far is read now; what it tells from now on waits."""
        if not any(mark.startswith("pulled:") for mark in self._progress.marks):
            Connection.objects.filter(pk=self._of.pk).update(told_at=None)

    async def _gather(self, plans: Sequence[Plan]) -> None:
        """Bring into the outbox what changed, or all there is."""
        await self._at("Looking at what changed")
        while await self._lane.run(collect):
            self._check()
        marks = self._progress.marks
        if "reopened" not in marks:
            for plan in plans:
                await self._lane.run(items.reopen, self._of.pk, plan.object, plan.version)
            marks["reopened"] = True
        while self._sync.is_full and marks.get("gathered", 0) is not None:
            self._check()
            marks["gathered"] = await self._lane.run(
                collect_all, self._of, marks.get("gathered", 0)
            )
        if self._sync.is_full and not self._sync.is_dry:
            await self._lane.run(self._owes_no_more)
        if self._of.selection and not self._sync.is_full:
            await self._gather_newcomers(plans)
        if "total" not in marks:
            marks["total"] = await self._lane.run(items.count_total, self._sync.pk, self._of.pk)

    async def _gather_newcomers(self, plans: Sequence[Plan]) -> None:
        for plan in plans:
            mark, after = f"newcomers:{plan.object}", 0
            while mark not in self._progress.marks:
                self._check()
                came = await self._lane.run(collect_newcomers, self._of, plan.object, after)
                if came is None:
                    self._progress.marks[mark] = True
                after = came or 0

    def _owes_no_more(self) -> None:
        """All stand in the outbox, of what was chosen when the sync was started."""
        owing = Connection.objects.filter(pk=self._of.pk)
        owing.filter(owes_all_since__lte=self._sync.created_at).update(owes_all_since=None)

    async def _push(self, plans: Sequence[Plan], api: CrmApi, known: Connector) -> None:
        for plan in plans:
            await self._at(f"Sending {plan.object} records")
            counts = self._progress.counts[plan.object]
            pusher = Pusher(plan, api, self._lane, self._worker, counts)
            await pusher.work(self._stops_noting)
            if pusher.stopped:
                raise pusher.stopped
            self._check()
        since = self._sync.started_at or self._sync.created_at
        await self._at("Putting people to their companies")
        await relate(known, api, self._lane, self._of, since)

    async def _wait_for_tries(self) -> None:
        """End only when nothing of this connection waits for another try."""
        count, pause_s = await self._lane.run(items.waiting, self._of.pk)
        if count:
            raise Later(count, pause_s)

    async def _at(self, stage: str) -> None:
        self._progress.stage = stage
        await self._lane.run(self._progress.note)
        self._check()

    def _check(self) -> None:
        if self._stops():
            raise Stopped

    def _stops(self) -> bool:
        return self._should_stop() or self._progress.wants_stop

    async def _stops_noting(self) -> bool:
        """Write the progress down now and then, and tell whether to stop."""
        if self._progress.is_due():
            await self._lane.run(self._progress.note)
        return self._stops()

    async def _put_off(self, why: CallError) -> None:
        """End for good where a person has to act; else wait as long as the CRM asks."""
        marks = self._progress.marks
        if not isinstance(why, Refused | Throttled):  # who is asked to wait has not failed
            marks["failures"] = marks.get("failures", 0) + 1
        failures = marks.get("failures", 0)
        if isinstance(why, FINAL):
            await self._end(Sync.State.FAILED, str(why), why, problems=self._to_mend(why))
        elif failures > MOST_FAILURES:
            await self._end(Sync.State.FAILED, str(why), why)
        else:
            await self._end(Sync.State.WAITING, str(why), why, pause_s=pause_after(why, failures))

    def _to_mend(self, why: CallError) -> Sequence[Problem]:
        """Return what stopped the sync before it did anything; later its reason says so."""
        if isinstance(why, Mending):
            return why.problems
        return () if any(self._progress.counts.values()) else (Problem(str(why)),)

    async def _end(
        self,
        state: Sync.State,
        reason: str = "",
        why: CallError | None = None,
        *,
        pause_s: float = 0.0,
        problems: Sequence[Problem] = (),
    ) -> None:
        if why is None:
            self._progress.marks.pop("failures", None)
        category = "mapping" if isinstance(why, Mending) else category_of(why) if why else ""
        await self._lane.run(
            write_end, self._progress, self._sync, state, reason, category, pause_s, problems
        )
