"""Workers that die or search side by side: nothing is lost, bought twice or found twice."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection

from contacts.importing.work import work_imports
from contacts.models import Contact, Import
from enrichment import sweeping
from enrichment.discovery import service, working
from enrichment.discovery.ending import end_searching
from enrichment.discovery.settling import settle
from enrichment.discovery.working import AT_ONCE
from enrichment.models import Answer, Discovery, DiscoveryFind
from integrations.models import ApiCall, Budget, Reservation
from tests.enrichment.discovery.conftest import MANY, YELP, calls, made, worked

ROOT = Path(__file__).parents[3]


class Searcher:
    """Works discoveries in another process."""

    def __init__(self, settings, sandbox):
        wired = connection.settings_dict
        host = wired["HOST"] or wired["OPTIONS"].get("host", "")
        environment = os.environ | {
            "DATABASE_URL": f"postgres://{wired['USER']}@/{wired['NAME']}?host={host}",
            "SWITCHBOARD_UPLOADS": str(settings.UPLOADS),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.enrichment.discovery.searcher", sandbox.url,
             settings.REDIS_URL],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def wait(self):
        self.process.communicate(timeout=60)


def sweep_until_nobody_holds(row):
    """Sweep once the lease is over, again while a dying session still locks what it had."""
    give_up_at = time.monotonic() + 60
    while True:
        time.sleep(0.4)
        sweeping.sweep()
        if not row.places.filter(state="claimed").exists():
            return
        assert time.monotonic() < give_up_at


def test_killed_in_mid_search_nothing_is_lost_or_doubled(runtime, uploads, settings, sandbox):
    sandbox.set(latency_ms=150)
    row = made(MANY, searches=YELP)
    service.approve(row, None)
    for _ in range(2):
        searcher = Searcher(settings, sandbox)
        began = calls()
        while calls() < began + 3 and Discovery.objects.get().state == "working":
            time.sleep(0.02)
        searcher.kill()
        settings.LEASE_S = 0.2
        sweep_until_nobody_holds(row)
        settings.LEASE_S = 30
    sandbox.set(latency_ms=0)

    worked(row, runtime)

    pages = Answer.objects.count()
    assert row.state == "done"
    assert Answer.objects.values("question_key").distinct().count() == pages
    assert pages <= ApiCall.objects.count() <= pages + 2 * AT_ONCE
    assert Reservation.objects.count() == 0
    assert Budget.objects.get(pk=row.budget_key).reserved_usd == 0
    assert row.found_count == sum(row.fates.values()) == DiscoveryFind.objects.count()
    assert Contact.objects.count() == row.new_count


def test_two_workers_search_each_place_once(runtime, uploads, settings, sandbox):
    row = made(MANY, searches=YELP)
    service.approve(row, None)
    others = [Searcher(settings, sandbox) for _ in range(2)]

    worked(row, runtime)
    for other in others:
        other.wait()
    worked(row, runtime)

    assert row.state == "done"
    assert calls() == Answer.objects.count()
    assert Import.objects.count() == 1
    assert row.found_count == sum(row.fates.values()) == DiscoveryFind.objects.count()
    assert {(place.tries, place.state) for place in row.places.all()} == {(1, "done")}


def test_worker_lost_before_the_import_leaves_it_to_any_other(runtime, uploads):
    row = made("94103")
    service.approve(row, None)
    while runtime.run(working.Searcher(runtime.gate).work(20.0)):
        pass
    assert end_searching(row.pk) is not None
    assert end_searching(row.pk) is None

    work_imports()
    worked(row, runtime)

    assert row.state == "done"
    assert row.new_count == Contact.objects.count() > 0
    assert Import.objects.count() == 1
    assert settle(row.pk) is False
