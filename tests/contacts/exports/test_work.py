"""Exports in the background: claimed, written, cancelled, given back, expired."""

import csv
import io
import os
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts import leases
from contacts.exports import service, work
from contacts.exports.files import path_of
from contacts.models import Contact, Export, ExportDownload, Tag
from tests.contacts.exports.conftest import content, left, make_many, number_of

pytestmark = pytest.mark.django_db(transaction=True)

COLUMNS = ["phone_e164"]


def numbers(record):
    _, *rows = csv.reader(io.StringIO(content(record).decode("utf-8-sig")))
    return [number for (number,) in rows]


def run(record, act=lambda rows: None):
    """Works the export in pages of two, and acts after each."""
    return work.run_export(record.pk, report=act, page_rows=2)


def after(count, act):
    """Act when so many contacts are written."""
    return lambda rows: act() if rows.written == count else None


def test_a_worker_writes_every_contact_in_order(waiting, folder):
    told = []

    record = run(waiting(5, COLUMNS), lambda rows: told.append((rows.written, rows.total)))

    assert told == [(0, 5), (2, 5), (4, 5), (5, 5)]

    assert (record.state, record.row_count, record.total_count) == ("done", 5, 5)
    assert numbers(record) == [number_of(at) for at in range(5)]
    assert left(folder) == [record.file]
    assert record.size_bytes == path_of(record.file).stat().st_size
    assert timedelta(days=6) < record.expires_at - timezone.now() < timedelta(days=8)
    assert record.worker_id is None


@pytest.mark.parametrize("format", ["tsv", "xlsx", "json", "jsonl"])
def test_every_format_is_written(waiting, work_off, folder, format):
    record = work_off(waiting(3, format=format, with_sources=True))

    assert (record.state, record.row_count, left(folder)) == ("done", 3, [record.file])


@pytest.mark.parametrize("format", ["csv", "xlsx"])
@pytest.mark.parametrize("count", [0, 2, 5])
def test_a_cancelled_one_leaves_no_file(waiting, folder, format, count):
    record = waiting(5, COLUMNS, format=format)

    record = run(record, after(count, lambda: service.cancel(record)))

    assert (record.state, record.worker_id, record.file) == ("cancelled", None, "")
    assert left(folder) == []


def test_cancelling_before_a_worker_comes_is_enough(waiting, work_off, folder):
    record = waiting()

    service.cancel(record)

    assert work_off(record).state == "cancelled"
    assert not folder.exists()
    with pytest.raises(service.NotPossible):
        service.cancel(record)


def test_one_that_was_taken_over_is_the_other_workers(waiting, folder):
    other = leases.register()

    record = run(waiting(5, COLUMNS), after(2, lambda: Export.objects.update(worker_id=other)))

    assert (record.state, record.worker_id) == ("working", other)
    assert left(folder) == []


def test_a_lost_workers_export_is_begun_anew(waiting, work_off):
    record, lost = waiting(5, COLUMNS), leases.register()
    work.EXPORTS.claim(lost, 1)
    Export.objects.update(row_count=4, total_count=4)

    work.sweep([lost])
    record = work_off(record)

    assert (record.state, record.losses, record.row_count) == ("done", 1, 5)


def test_three_lost_workers_end_an_export(waiting):
    record = waiting()

    for _ in range(leases.MAX_LOSSES):
        worker = leases.register()
        work.EXPORTS.claim(worker, 1)
        work.sweep([worker])

    record.refresh_from_db()
    assert (record.state, record.error) == ("failed", work.GIVEN_UP)
    assert record.finished_at is not None


def test_a_filter_that_is_gone_is_said(waiting, work_off, folder):
    record = waiting()
    Export.objects.update(selection={"colour": "red"})

    record = work_off(record)

    assert (record.state, left(folder)) == ("failed", [])
    assert record.error == "unknown filter: colour: choose the contacts again"


def test_a_tag_that_is_gone_selects_nobody(waiting, work_off):
    tag = Tag.objects.create(name="fair")
    record = waiting(selection={})
    Export.objects.update(selection={"tag": tag.pk})
    tag.delete()

    record = work_off(record)

    assert (record.state, record.row_count, numbers(record)) == ("done", 0, [])


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_folder_that_cannot_be_written_is_said(waiting, work_off, folder, format):
    record = waiting(format=format)
    folder.write_text("a file stands where the folder should")

    record = work_off(record)

    assert record.state == "failed"
    assert record.error.startswith("the file can't be written")


def test_the_next_export_is_worked_after_one_that_failed(waiting, work_off, owner):
    first = waiting(columns=COLUMNS)
    Export.objects.update(selection={"colour": "red"})
    second = service.ask(service.Wish({}, ["email"]), owner)

    assert (work_off(first).state, work_off(second).state) == ("failed", "done")


def test_an_expired_file_is_deleted_and_its_history_kept(waiting, work_off, folder, owner):
    record = work_off(waiting())
    service.note_download(record, owner)
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    work.sweep([])

    record.refresh_from_db()
    assert (record.state, record.file, record.row_count) == ("expired", "", 3)
    assert left(folder) == []
    assert ExportDownload.objects.count() == 1


def test_a_file_within_its_time_stays(waiting, work_off, folder):
    record = work_off(waiting())

    work.sweep([])

    assert left(folder) == [record.file]


def test_an_export_has_one_worker(waiting):
    record = waiting()
    work.EXPORTS.claim(leases.register(), 1)

    with pytest.raises(work.TakenOver):
        run(record)


def test_what_the_dead_left_is_cleared_away(waiting, work_off, folder, owner):
    kept = work_off(waiting(columns=COLUMNS))
    (folder / ".dead.csv.part").write_text("half")
    (folder / ".workbook-dead").mkdir()
    (folder / ".workbook-dead" / "contacts.xlsx").write_text("half")
    for path in (*folder.rglob("*"), folder / ".workbook-dead"):
        os.utime(path, (0, 0))

    later = work_off(service.ask(service.Wish({}, ["email"]), owner))

    assert sorted(path.name for path in folder.iterdir()) == sorted([kept.file, later.file])


def test_deleting_takes_the_file_and_leaves_who_fetched_it(waiting, work_off, folder, owner):
    record = work_off(waiting())
    service.note_download(record, owner)

    service.delete(record)

    assert (Export.objects.count(), left(folder)) == (0, [])
    download = ExportDownload.objects.get()
    assert (download.export, download.username) == (None, "olga")
    assert download.what == "CSV: all contacts, 3 rows"


def test_one_that_is_being_made_is_not_deleted(waiting):
    record = waiting()

    with pytest.raises(service.NotPossible):
        service.delete(record)

    assert Export.objects.count() == 1


def test_again_is_the_same_selection_as_it_is_today(waiting, work_off, django_user_model):
    record = work_off(waiting(3, COLUMNS, selection={}))
    make_many(4)
    sam = django_user_model.objects.create_user("sam")

    later = work_off(service.ask_again(record, sam))

    assert (later.created_by, later.columns, later.row_count) == (sam, COLUMNS, 7)
    assert Contact.objects.count() == 7


def test_who_asks_twice_gets_the_first(waiting, owner):
    record = waiting(columns=COLUMNS)

    assert service.ask(service.Wish({}, COLUMNS), owner) == record
    assert service.ask(service.Wish({}, ["email"]), owner) != record
    assert Export.objects.count() == 2
