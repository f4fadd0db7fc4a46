"""kill -9 in the middle of an export: another worker makes it, and no half file is found."""

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, connection

from contacts import leases
from contacts.exports import files, service, work
from contacts.exports.service import Wish
from contacts.models import Contact, Export
from tests.contacts.exports.conftest import content, left, make_many, number_of

ROOT = Path(__file__).parents[3]
SHORT_LEASE_S = 0.2

pytestmark = pytest.mark.django_db(transaction=True)


def database_url():
    wired = connection.settings_dict
    host = wired["HOST"] or wired["OPTIONS"].get("host", "")
    return f"postgres://{wired['USER']}@/{wired['NAME']}?host={host}"


class Exporter:
    """Works exports in a process of its own."""

    def __init__(self, settings):
        environment = os.environ | {
            "DATABASE_URL": database_url(),
            "SWITCHBOARD_EXPORTS": str(settings.EXPORTS),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.program = subprocess.Popen(
            [sys.executable, "-m", "tests.contacts.exports.exporter"],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.told, self.says = self.program.stdin, self.program.stdout

    def begin(self):
        self.told.write("\n")
        self.told.flush()
        return int(self.says.readline())

    def wait(self):
        assert self.says.readline() == "ended\n"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.kill()
        self.program.communicate()


def await_half_a_file(folder, count=1):
    """Return when so many files have been begun."""
    give_up_at = time.monotonic() + 60
    while sum(path.stat().st_size > 0 for path in folder.glob(".*.part")) < count:
        assert time.monotonic() < give_up_at, "nobody writes"
        time.sleep(0.002)


def give_back_what_the_dead_held(settings):
    settings.LEASE_S = SHORT_LEASE_S
    time.sleep(SHORT_LEASE_S * 1.5)
    work.sweep(leases.lost_workers())


def test_killed_in_the_middle_it_is_made_by_another(folder, owner, settings):
    make_many(12_000)
    record = service.ask(Wish({}, ["phone_e164", "full_name"], "jsonl"), owner)
    dice = random.Random()

    with Exporter(settings) as exporter:
        for losses in (1, 2):
            victim = exporter.begin()
            await_half_a_file(folder, losses)
            time.sleep(dice.uniform(0, 0.05))
            os.kill(victim, signal.SIGKILL)
            exporter.wait()
            give_back_what_the_dead_held(settings)
            record.refresh_from_db()
            assert (record.state, record.losses, record.file) == ("waiting", losses, "")
        assert len(left(folder)) == 2
        exporter.begin()
        exporter.wait()
    record.refresh_from_db()

    lines = content(record).decode().splitlines()
    assert (record.state, record.row_count, len(lines)) == ("done", 12_000, 12_000)
    assert sum(number_of(at) in line for at, line in enumerate(lines)) == 12_000


def test_cut_off_from_the_database_it_is_begun_anew(folder, owner, work_off):
    make_many(6_000)
    record = service.ask(Wish({}, ["phone_e164"], "xlsx"), owner)

    def cut(rows):
        pid = connection.connection.info.backend_pid
        with psycopg.connect(database_url()) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])

    with pytest.raises(OperationalError):
        work.run_export(record.pk, report=cut)
    record.refresh_from_db()
    assert (record.state, record.losses, left(folder)) == ("waiting", 1, [])

    record = work_off(record)

    assert (record.state, record.row_count) == ("done", 6_000)


def test_clicks_at_the_same_moment_make_one_export(folder, owner, small_limit):
    make_many(3)

    def click(_):
        try:
            return service.ask(Wish({}, ["email"]), owner).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        asked = list(people.map(click, range(8)))

    assert set(asked) == {Export.objects.get().pk}


def test_the_dead_leave_files_that_the_next_export_clears_away(folder, owner, settings, work_off):
    make_many(12_000)
    record = service.ask(Wish({}, ["phone_e164"]), owner)
    with Exporter(settings) as exporter:
        victim = exporter.begin()
        await_half_a_file(folder)
        os.kill(victim, signal.SIGKILL)
        exporter.wait()
    give_back_what_the_dead_held(settings)
    for path in folder.iterdir():
        os.utime(path, (0, 0))

    record = work_off(record)

    assert (record.state, left(folder)) == ("done", [record.file])
    assert files.drop_orphans() == 0
    assert Contact.objects.count() == 12_000
