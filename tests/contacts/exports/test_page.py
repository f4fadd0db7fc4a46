"""The history of exports and the page of one: what they show, and what is written down."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.exports import service
from contacts.exports.service import Wish
from contacts.models import Contact, Export, ExportDownload
from tests.contacts.exports.conftest import content, left, make_many, read, url

pytestmark = pytest.mark.django_db


def test_downloads_are_the_file_and_are_written_down(done, person, client):
    make_many(2)
    user = person("export_contact")
    record = done(user)

    response = client.get(url("download", record.pk))

    assert b"".join(response.streaming_content) == content(record)
    assert response["Content-Disposition"] == f'attachment; filename="{record.file_name}"'
    download = ExportDownload.objects.get()
    assert (download.user, download.username, download.export) == (user, "bo", record)
    assert download.what == "CSV: all contacts, 2 rows"


def test_a_head_request_is_no_download(done, person, client):
    record = done(person("export_contact"))

    response = read(client.head(url("download", record.pk)))

    assert response.status_code == 200
    assert ExportDownload.objects.count() == 0


def test_a_file_that_is_gone_leads_back(done, person, client, folder):
    record = done(person("export_contact"))
    (folder / record.file).unlink()

    page = client.get(url("download", record.pk), follow=True)

    assert page.redirect_chain == [(url("change", record.pk), 302)]
    assert "make the export again" in page.content.decode()
    assert ExportDownload.objects.count() == 0


def test_again_sends_todays_contacts(done, person, client):
    record = done(person("export_contact"))
    make_many(3)

    response = client.post(url("again", record.pk))

    assert len(b"".join(response.streaming_content).splitlines()) == 4
    assert Export.objects.exclude(pk=record.pk).get().row_count == 3


def test_one_whose_filter_is_gone_cannot_be_made_again(done, person, client):
    record = done(person("export_contact"))
    Export.objects.update(selection={"colour": "red"})

    page = client.post(url("again", record.pk), follow=True)

    assert "unknown filter: colour" in page.content.decode()
    assert client.get(url("change", record.pk)).status_code == 200
    assert Export.objects.count() == 1


def test_a_waiting_one_shows_its_progress_and_is_cancelled(person, client, small_limit):
    make_many(3)
    record = service.ask(Wish({}, ["email"]), person("export_contact"))

    page = client.get(url("change", record.pk)).content.decode()
    client.post(url("cancel", record.pk))
    fragment = client.get(url("progress", record.pk))

    record.refresh_from_db()
    assert "Waiting for a worker" in page and url("progress", record.pk) in page
    assert record.state == "cancelled"
    assert fragment["HX-Refresh"] == "true"


def test_deleting_asks_first(done, person, client, folder):
    record = done(person("export_contact", "delete_export"))

    asked = client.get(url("delete", record.pk)).content.decode()
    assert "Delete this export?" in asked
    assert left(folder) == [record.file]

    with CaptureQueriesContext(connection):
        client.post(url("delete", record.pk))

    assert Export.objects.count() == 0


def test_nobody_selected_is_said(done, person, client):
    record = done(person("export_contact"))

    page = client.get(url("change", record.pk)).content.decode()

    assert "No contact met the selection: the file holds nobody." in page


@pytest.mark.parametrize("page", ["again", "cancel"])
def test_what_changes_is_never_done_by_a_link(done, admin_client, page):
    assert admin_client.get(url(page, done().pk)).status_code == 405


@pytest.mark.parametrize("number", ["9", "99999999999999999999", "x"])
@pytest.mark.parametrize("page", ["change", "progress", "download", "delete"])
def test_an_export_that_is_not_there_is_404(folder, admin_client, number, page):
    address = f"/admin/contacts/export/{number}/{page}/"

    assert admin_client.get(address, follow=True).status_code == 404


def test_a_fragment_sends_who_is_signed_out_to_sign_in(done, client):
    response = client.get(url("progress", done().pk), headers={"HX-Request": "true"})

    assert response.status_code == 401
    assert response["HX-Redirect"].startswith("/admin/login/")


@pytest.mark.parametrize("page", ["changelist", "add", "count"])
def test_lists_cost_the_same_at_ten_and_at_a_hundred(done, person, client, page):
    user = person("export_contact", "view_export", "view_contact")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(page)).status_code == 200
        return len(captured)

    def fill(start, end):
        kept = done(user)
        rows = [Export(**{**fields(kept), "file": f"{at}.csv"}) for at in range(start, end)]
        Export.objects.bulk_create(rows)
        make_many(end - start)

    fill(0, 10)
    queries()
    few = queries()
    fill(10, 100)

    assert queries() == few <= 12
    assert Contact.objects.count() == 100


def fields(record):
    names = ("columns", "described", "fingerprint", "state", "created_by")
    return {name: getattr(record, name) for name in names}


@pytest.mark.parametrize("page", ["change", "progress", "delete"])
def test_every_page_costs_a_few_queries(done, person, client, page):
    record = done(person("export_contact", "view_contact", "delete_export"))
    for _ in range(30):
        read(client.get(url("download", record.pk)))

    with CaptureQueriesContext(connection) as captured:
        assert client.get(url(page, record.pk)).status_code == 200

    assert len(captured) <= 12


def test_downloads_have_a_list_of_their_own(done, person, client):
    record = done(person("export_contact"))
    read(client.get(url("download", record.pk)))
    address = "/admin/contacts/exportdownload/"

    assert client.get(address).status_code == 403
    person("view_exportdownload", name="vera")

    assert "CSV: all contacts" in client.get(address).content.decode()
