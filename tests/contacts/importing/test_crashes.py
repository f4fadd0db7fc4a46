"""Whatever dies, and whenever: no row is lost, none is doubled, and one bad row harms no other."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from contacts import leases
from contacts.importing import work
from contacts.importing.service import create_import, start
from contacts.models import Company, Contact, Import, ImportRow
from tests.contacts.conftest import counted
from tests.contacts.killing import Forked, await_one_that_waits, database_url, lost_now


class Importer(Forked):
    """Runs imports in a process of their own."""

    def __init__(self, settings):
        uploads = str(settings.UPLOADS)
        super().__init__("contacts.importing.work:run_import", SWITCHBOARD_UPLOADS=uploads)

    def take(self, record, chunk_rows=200):
        return self.begin(import_id=record.pk, chunk_rows=chunk_rows)


def many(count, seed=1):
    """Rows with repeats, shared numbers and rejects; the numbers are the reserved ones."""
    dice = random.Random(seed)
    for at in range(count):
        number = f"+1{dice.randrange(212, 700)}5550{dice.randrange(100, 200)}"
        name = dice.choice(("Ada Lovelace", "Grace Hopper", "Alan Turing", "", "A. Lovelace"))
        company = f"Company {dice.randrange(300)}"
        yield ("bad" if at % 50 == 7 else number, name, company, f"p{at}@acme.test", f"City {at}")


def content():
    """What stands in the contacts, apart from keys and times."""
    columns = ("phone_e164", "phone_ext", "full_name", "email", "city", "company__name")
    return sorted(Contact.objects.values_list(*columns))


def started(path):
    record = create_import(path)
    start(record, ring=False)
    return record


def await_progress(record):
    """Return when a chunk more than before is settled, or the end is reached."""
    read_line, give_up_at = record.read_line, time.monotonic() + 60
    while record.read_line == read_line and record.state != Import.State.DONE:
        assert time.monotonic() < give_up_at, "nothing is settled"
        time.sleep(0.005)
        record.refresh_from_db()


def test_killed_ten_times_nothing_is_lost_or_doubled(run, write, settings):
    path = write(*many(20_000))
    began = time.monotonic()
    clean = run(path)
    twentieth_s = (time.monotonic() - began) / 20  # ten kills fall amid it, however fast it is
    expected, outcomes = content(), counted(clean)
    Contact.objects.all().delete()
    Company.objects.all().delete()
    record, dice, stopped_at = started(path), random.Random(), []

    with Importer(settings) as importer:
        for _ in range(10):
            victim = importer.take(record)
            await_progress(record)
            time.sleep(dice.uniform(0, twentieth_s))
            importer.kill(victim)
            work.give_back(lost_now(settings))
            record.refresh_from_db()
            stopped_at.append(record.read_line)
            if record.state == Import.State.DONE:
                break
        else:
            importer.take(record)
            importer.wait()
    record.refresh_from_db()

    lines = ImportRow.objects.filter(source=record).values_list("line", flat=True)
    assert record.state == Import.State.DONE
    assert len(set(stopped_at)) > 3
    assert sorted(lines) == list(range(2, 20_002))
    assert counted(record) == outcomes
    assert counted(record) == dict(
        Counter(ImportRow.objects.filter(source=record).values_list("outcome", flat=True))
    )
    assert content() == expected


def test_two_imports_of_one_file_at_once_make_no_twins(run, write, settings):
    path = write(*many(5_000))
    run(path)
    expected = content()
    Contact.objects.all().delete()
    first, second = started(path), started(path)

    with Importer(settings) as one, Importer(settings) as other:
        one.take(first)
        other.take(second)
        one.wait()
        other.wait()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (Import.State.DONE, Import.State.DONE)
    assert first.created_count + second.created_count == len(expected)
    assert [row[:1] for row in content()] == [row[:1] for row in expected]


def test_an_import_has_one_worker(uploads, write):
    record = started(write(*many(10)))
    work.IMPORTS.claim(leases.register(), 1)

    with pytest.raises(work.TakenOver):
        work.run_import(record.pk)

    assert Contact.objects.count() == 0


def test_a_worker_declared_lost_settles_nothing_more(uploads, write):
    record = started(write(*many(3_000)))

    def lose(_):
        Import.objects.filter(id=record.pk).update(worker_id=None, state=Import.State.WAITING)

    work.run_import(record.pk, report=lose, chunk_rows=1000)
    record.refresh_from_db()
    assert (record.state, record.read_line) == (Import.State.WAITING, 1001)

    record = work.run_import(record.pk)
    assert sum(counted(record).values()) == 3_000


def test_an_import_outlives_its_connection(uploads, write):
    record, cut = started(write(*many(3_000))), list[int]()

    def cut_once(_):
        if not cut:
            cut.append(connection.connection.info.backend_pid)
            with psycopg.connect(database_url()) as other:
                other.execute("SELECT pg_terminate_backend(%s)", cut)

    record = work.run_import(record.pk, report=cut_once, chunk_rows=500)

    assert (record.state, len(cut)) == (Import.State.DONE, 1)
    assert ImportRow.objects.filter(source=record).count() == 3_000


def test_three_lost_workers_without_progress_end_an_import(uploads, write):
    record = started(write(*many(10)))

    for _ in range(leases.MAX_LOSSES):
        worker = leases.register()
        work.IMPORTS.claim(worker, 1)
        work.give_back([worker])

    record.refresh_from_db()
    assert (record.state, record.error) == (Import.State.FAILED, work.GIVEN_UP)


@pytest.fixture
def poison(transactional_db):
    """A rule of the database that our own reading knows nothing of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE contacts_contact ADD CONSTRAINT poison CHECK (city NOT LIKE 'Poison%')"
        )
        yield
        cursor.execute("ALTER TABLE contacts_contact DROP CONSTRAINT poison")


def test_a_poison_row_is_rejected_alone(poison, import_rows):
    rows = [[f"+1415555{at:04}", f"Ada {at}", "Acme", "", "Austin"] for at in range(100, 200)]
    rows[17][4] = rows[63][4] = "Poison"

    record = import_rows(*rows)

    rejected = ImportRow.objects.filter(source=record, outcome="rejected").order_by("line")
    assert counted(record) == {"created": 98, "rejected": 2}
    assert [row.line for row in rejected] == [19, 65]
    assert rejected[0].raw == rows[17]
    assert "violates check constraint" in rejected[0].reason
    assert Company.objects.count() == 1


def test_an_edit_in_the_middle_of_a_chunk_is_seen(import_rows):
    import_rows(("+14155550100", "Ada", "", "", "Austin"))
    edit = (
        "UPDATE contacts_contact SET city = 'Salem', revision = revision + 1,"
        """ provenance = provenance || '{"city": {"by": "person:eve"}}'"""
    )

    with psycopg.connect(database_url()) as other, ThreadPoolExecutor() as pool:
        other.execute(edit)
        overwriting = pool.submit(
            closing_connection, import_rows, ("+14155550100", "", "", "a@x.test", "Boston")
        )
        await_one_that_waits(other)
        other.commit()
        record = overwriting.result()

    contact = Contact.objects.get()
    assert (contact.city, contact.email, contact.revision) == ("Salem", "a@x.test", 2)
    assert counted(record) == {"updated": 1}


def closing_connection(import_rows, *rows):
    try:
        return import_rows(*rows, mode="overwrite")
    finally:
        connection.close()
