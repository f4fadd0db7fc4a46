"""An import that a person stops keeps what it settled, and can go on or be undone."""

import pytest

from contacts.importing.service import NotPossible, go_on, start, stop
from contacts.importing.undo import run_undo, undo
from contacts.importing.work import run_import
from contacts.models import Contact, Import
from tests.contacts.wizard.conftest import url

ROWS = [(f"+1415555{number:04d}", f"Person {number}") for number in range(100, 110)]


@pytest.fixture
def stopped(draft, admin_user):
    """An import of ten rows that was stopped when its worker had settled four."""
    record = draft(*ROWS)
    start(record, ring=False)

    def stop_once(now):
        if now.state == Import.State.WORKING:
            stop(now, admin_user)

    return run_import(record.pk, report=stop_once, chunk_rows=4)


def test_the_worker_leaves_after_what_it_settled(stopped):
    assert (stopped.state, stopped.created_count) == (Import.State.STOPPED, 4)
    assert (stopped.error, stopped.worker_id) == ("stopped by admin", None)
    assert Contact.objects.count() == 4


def test_it_goes_on_with_the_rows_that_are_left(stopped):
    go_on(stopped, ring=False)

    record = run_import(stopped.pk)

    assert (record.state, record.created_count, record.error) == (Import.State.DONE, 10, "")
    assert Contact.objects.count() == 10


def test_it_can_be_undone_instead(stopped):
    undo(stopped, rings=False)

    record = run_undo(stopped.pk)

    assert (record.state, record.reversed_count) == (Import.State.UNDONE, 4)
    with pytest.raises(NotPossible):
        go_on(record)
    assert Contact.objects.count() == 0


def test_buttons_do_it_and_say_so(draft, fetch, admin_client):
    record = draft(*ROWS)
    start(record, ring=False)

    assert url("stop", record) in fetch("change", record)
    html = admin_client.post(url("stop", record), follow=True).content.decode()

    assert "Stopped by admin" in html
    assert url("go_on", record) in html and url("stop", record) not in html

    html = admin_client.post(url("go_on", record), follow=True).content.decode()

    record.refresh_from_db()
    assert record.state == Import.State.WAITING
    assert "The import goes on." in html


@pytest.mark.parametrize("page", ["stop", "go_on"])
def test_what_is_done_neither_stops_nor_goes_on(done, admin_client, page):
    record = done(*ROWS)

    html = admin_client.post(url(page, record), follow=True).content.decode()

    record.refresh_from_db()
    assert record.state == Import.State.DONE
    assert "the import is not being worked on" in html or "only an import that stopped" in html
