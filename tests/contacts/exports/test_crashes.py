"""kill -9 in the middle of an export: another worker makes it, and no half file is found."""

import os
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import OperationalError, connection

from contacts.exports import files, service, work
from contacts.exports.service import Wish
from contacts.models import Contact, Export
from tests.contacts.exports.conftest import content, left, make_many, number_of
from tests.contacts.killing import Forked, await_one_that_waits, database_url, lost_now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def exporter(folder, owner):
    """Works exports in a process of its own."""
    where = {"SWITCHBOARD_EXPORTS": str(folder)}
    with Forked("contacts.exports.work:work_exports", **where) as started:
        yield started


def kill_behind_the_first_page(exporter):
    """Hold the exporter before its first page until what stops it behind that page is in place.

    A page looks up the companies; behind it the exporter says on its row how far it is.
    """
    with psycopg.connect(database_url()) as before, psycopg.connect(database_url()) as behind:
        before.execute("LOCK TABLE contacts_company IN ACCESS EXCLUSIVE MODE")
        victim = exporter.begin()
        await_one_that_waits(before)
        behind.execute("SELECT 1 FROM contacts_export FOR UPDATE")
        before.rollback()
        await_one_that_waits(behind)
        exporter.kill(victim)


def test_killed_in_the_middle_it_is_made_by_another(folder, owner, exporter, settings):
    make_many(12_000)
    record = service.ask(Wish({}, ["phone_e164", "full_name", "company"], "jsonl"), owner)

    for losses in (1, 2):
        kill_behind_the_first_page(exporter)
        work.sweep(lost_now(settings))
        record.refresh_from_db()
        assert (record.state, record.losses, record.file) == ("waiting", losses, "")
        assert [path.stat().st_size > 0 for path in folder.iterdir()] == [True] * losses
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


def test_the_dead_leave_files_that_the_next_export_clears_away(
    folder, owner, exporter, settings, work_off
):
    make_many(12_000)
    record = service.ask(Wish({}, ["phone_e164", "company"]), owner)
    kill_behind_the_first_page(exporter)
    work.sweep(lost_now(settings))
    for path in folder.iterdir():
        os.utime(path, (0, 0))

    record = work_off(record)

    assert (record.state, left(folder)) == ("done", [record.file])
    assert files.drop_orphans() == 0
    assert Contact.objects.count() == 12_000
