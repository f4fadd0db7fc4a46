"""Killed, doubled, or in the middle of an import: an erasure comes to its end, and nobody back."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.db import connection

from contacts.erasing import service, work
from contacts.importing.service import create_import, start
from contacts.importing.work import run_import
from contacts.models import Contact, Erasure, KeptOut
from tests.contacts.conftest import counted
from tests.contacts.erasing.conftest import ann, worked
from tests.contacts.killing import Forked, await_one_that_waits, database_url, lost_now

ROW = ("+14155550101", "Ann Lee", "Acme", "ann@acme.test", "Oslo")
OTHER = ("+14155550102", "Bob Ray", "Acme", "bob@acme.test", "Oslo")


def asked_for():
    return service.start(service.preview_contact(ann()).person, asked_by="them")


def test_killed_between_two_steps_it_goes_on_where_it_was(import_rows, erase, settings):
    import_rows(ROW)
    contact, erasure = ann(), asked_for()

    with (
        psycopg.connect(database_url()) as other,
        Forked("contacts.erasing.work:run", SWITCHBOARD_ERASURE_AGAIN_S="0") as worker,
    ):
        other.execute("SELECT FROM contacts_contact WHERE id = %s FOR UPDATE", [contact.pk])
        victim = worker.begin(erasure_id=erasure.pk)
        await_one_that_waits(other)
        worker.kill(victim)
        other.rollback()
    assert (KeptOut.objects.count(), Contact.objects.count()) == (2, 1)
    work.sweep(lost_now(settings))
    erasure = worked(Erasure.objects.get())

    assert (erasure.state, erasure.losses, erasure.counts["contacts"]) == ("done", 0, 1)
    assert Contact.objects.count() == 0


def test_two_erasures_of_one_person_at_once_erase_once(import_rows, erase):
    import_rows(ROW, OTHER)
    both = [asked_for().pk for _ in range(2)]

    def finish(pk):
        give_up_at = time.monotonic() + 60
        try:
            while not (one := worked(Erasure.objects.get(pk=pk))).is_over:
                assert time.monotonic() < give_up_at, one.words
                time.sleep(0.1)  # one that met the other in a deadlock comes again in a second
            return one
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        receipts = list(threads.map(finish, both))

    assert [one.state for one in receipts] == ["done", "done"]
    assert sum(one.counts.get("contacts", 0) for one in receipts) >= 1
    assert [one.full_name for one in Contact.objects.all()] == ["Bob Ray"]
    assert KeptOut.objects.count() == 2


def test_erased_while_an_import_runs_its_later_rows_do_not_bring_her_back(
    uploads, write, erase, settings
):
    record = create_import(write(ROW, OTHER, ROW, ("+14155550104", "Ann Lee", "", ROW[3], "")))
    start(record, ring=False)
    erasures = []

    def erase_after_the_first_row(now):
        if now.read_line == 2:
            erasures.append(work.run(asked_for().pk))

    record = run_import(record.pk, report=erase_after_the_first_row, chunk_rows=1)

    assert counted(record) == {"created": 2, "rejected": 2}
    assert [one.full_name for one in Contact.objects.all()] == ["Bob Ray"]
    waits = f"waits for import {record.pk}, “people.csv”, which still needs its file"
    assert erasures[0].words == f"{waits}: finish or delete it"
    assert worked(erasures[0]).state == "done"
    assert list(uploads.iterdir()) == []


def test_file_of_an_import_that_nobody_ends_holds_the_receipt_open(uploads, write, erase):
    draft = create_import(write(ROW))
    Contact.objects.create(phone_raw=ROW[0], phone_e164=ROW[0], full_name="Ann Lee")

    erasure = worked(asked_for())

    assert (erasure.state, erasure.step) == ("waiting", "again")
    assert f"waits for import {draft.pk}" in erasure.words
    assert erasure.erased_at is not None
