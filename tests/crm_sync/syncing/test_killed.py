"""Workers are killed amid a sync, answers lost and calls refused: one record each, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack

import pytest

from contacts.models import Contact
from crm_sync import services, sweeping
from crm_sync.models import Link, OutboxItem, Sync
from enrichment import sweeping as of_runs
from tests.contacts.killing import ROOT, database_url

COUNT = int(os.environ.get("SYNC_CHAOS_CONTACTS", "150"))
SEARCHED = 10  # times fewer where each contact is searched for by itself, five times a second
KILLS = int(os.environ.get("SYNC_CHAOS_KILLS", "1"))
LEASE_S, PATIENCE_S, SWEPT_EVERY_S = 5.0, 600.0 + COUNT, 1.0
KINDS = ("salesforce", "hubspot", "pipedrive", "dynamics")


class Worker:
    """A worker process, which is killed and followed by another."""

    def __init__(self, sandbox, settings):
        self._env = os.environ | {
            "DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL,
            "DJANGO_SETTINGS_MODULE": "config.settings", "SWITCHBOARD_SANDBOX": "1",
            "SWITCHBOARD_SANDBOX_URL": sandbox.url, "SWITCHBOARD_LEASE_S": str(LEASE_S),
            "LOG_LEVEL": "ERROR",
        }  # fmt: skip
        self._running = self._started()

    def _started(self):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.crm_sync.syncing.program"], cwd=ROOT, env=self._env,
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout.readline() == "ready\n"
        return process

    def kill(self):
        os.kill(self._running.pid, signal.SIGKILL)
        self._running.communicate()

    def replace(self):
        self.kill()
        self._running = self._started()


@pytest.fixture(params=KINDS)
def at(request, house, settings):
    settings.LEASE_S = LEASE_S
    return house(request.param)


def test_ar_01_ar_08_one_record_each_whatever_happens_meanwhile(at, sandbox, settings):
    count = COUNT // SEARCHED if at.connector.slug == "pipedrive" else COUNT
    at.contacts(count)
    # Until the last kill longer than a look at the database takes, so that none comes too late.
    slow, quick = {"latency_ms": 500}, {"latency_ms": 200}
    sandbox.set(rate_429=0.02, rate_5xx=0.02, rate_dropped=0.03, retry_after_s=0, **slow)
    with ExitStack() as stack:
        worker = Worker(sandbox, settings)
        stack.callback(worker.kill)
        started = services.start(at.row)

        # Three kills in a row without getting on would be the sync's own death: one is let pass.
        made, is_vain, swept_at = 0, False, 0.0
        kills, killed_at, give_up_at = 0, 0.0, time.monotonic() + PATIENCE_S
        while not _is_over(started) and time.monotonic() < give_up_at:
            if (
                kills < KILLS
                and time.monotonic() > killed_at + 2 * LEASE_S
                and _is_amid_writes()
                and ((now := _noted(started)) > made or not is_vain)
            ):
                worker.replace()
                is_vain = now <= made
                made, kills, killed_at = now, kills + 1, time.monotonic()
                if kills == KILLS:
                    sandbox.set(**quick)
            if time.monotonic() > swept_at + SWEPT_EVERY_S:
                of_runs.sweep()
                sweeping.sweep()
                _hurry()
                swept_at = time.monotonic()
            time.sleep(0.02)
    sandbox.set(rate_429=0, rate_5xx=0, rate_dropped=0, latency_ms=0)

    there = at.there()
    assert (started.state, started.reason, _left(at)) == ("done", "", {})
    assert kills == KILLS
    assert len(there) == count
    assert Link.objects.filter(state="linked", remote_id__in=list(there)).count() == count
    assert at.writes()["created"] == count
    settled = at.writes()
    assert at.finish(at.sync(is_full=True)).counts["contact"]["unchanged"] == count
    assert at.writes() == settled


def _left(at):
    """What was not sent, by its state and the reason."""
    left = OutboxItem.objects.filter(connection=at.row)
    return Counter(left.values_list("state", "code", "words"))


def _is_over(sync):
    sync.refresh_from_db()
    return sync.state not in ("waiting", "claimed")


def _noted(sync):
    """Of how many records the sync has written down what came of them."""
    return sum(sum(count.values()) for count in sync.counts.values())


def _is_amid_writes():
    claimed = OutboxItem.objects.filter(state="claimed").exists()
    return claimed and Link.objects.filter(intended_at__isnull=False).exists()


def _hurry():
    """Let the sync not wait out the pauses that are meant for a CRM that is away."""
    begun = Contact.objects.earliest("created_at").created_at
    Sync.objects.filter(state="waiting").update(due_at=begun)
