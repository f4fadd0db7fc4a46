"""Every page and fragment of an import asks who may, and costs a few queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Import
from tests.contacts.wizard.conftest import url

PREPARE = ("mapping", "summary", "forecast")
VIEW = ("change", "progress", "rows", "rejected")
GET = (*PREPARE, *VIEW, "rejects", "undo", "delete")
POST = ("mapping", "preview", "start", "stop", "go_on", "undo", "delete")


def statuses(client, record):
    """What each page answers: {(method, page): status}."""
    asked = [("GET", client.get, page) for page in GET]
    asked += [("POST", client.post, page) for page in POST]
    got = {}
    for method, ask, page in asked:
        response = ask(url(page, record))
        got[method, page] = response.status_code
        response.close()
    return got


def allowed(client, record):
    found = statuses(client, record)
    return {key for key, status in found.items() if status != 403}


def test_nobody_and_strangers_get_nowhere(draft, person, client):
    record = draft()

    assert set(statuses(client, record).values()) == {302}
    person()
    assert set(statuses(client, record).values()) == {403}
    assert client.get("/admin/contacts/import/add/").status_code == 403
    assert Import.objects.get().state == "draft"


def test_viewer_sees_and_changes_nothing(done, person, client):
    record = done()
    person("view_import")

    assert allowed(client, record) == {("GET", page) for page in VIEW}
    html = client.get(url("change", record)).content.decode()
    assert not [page for page in ("undo", "delete", "rejects") if url(page, record) in html]


def test_rejected_rows_are_downloaded_by_those_who_bring_files(done, person, client):
    record = done()
    person("view_import", "add_import")

    assert allowed(client, record) == {("GET", page) for page in (*VIEW, "rejects")}


def test_who_adds_prepares_drafts_of_their_own(draft, person, client):
    theirs = draft()
    mine = draft(user=person("add_import"))

    prepared = {("GET", page) for page in PREPARE}
    prepared |= {
        ("POST", page) for page in ("mapping", "preview", "start", "stop", "go_on", "undo")
    }
    prepared |= {("GET", "undo"), ("GET", "delete")}
    assert allowed(client, theirs) == set()
    assert allowed(client, mine) == prepared


@pytest.mark.parametrize(
    ("permission", "page"), [("undo_import", "undo"), ("delete_import", "delete")]
)
def test_undo_and_delete_have_permissions_of_their_own(done, person, client, permission, page):
    record = done()
    person(permission)

    assert allowed(client, record) == {("GET", page), ("POST", page)}


def test_fragment_sends_who_is_signed_out_to_sign_in(draft, client):
    response = client.get(url("progress", draft()), headers={"HX-Request": "true"})

    assert response.status_code == 401
    assert response["HX-Redirect"].startswith("/admin/login/")


@pytest.mark.parametrize("number", ["9", "99999999999999999999", "x"])
@pytest.mark.parametrize("page", ["change", "rows", "delete"])
def test_import_that_is_not_there_is_404(uploads, admin_client, number, page):
    response = admin_client.get(f"/admin/contacts/import/{number}/{page}/", follow=True)

    assert response.status_code == 404


@pytest.mark.parametrize("page", ["preview", "start"])
def test_what_changes_is_never_done_by_a_link(draft, admin_client, page):
    assert admin_client.get(url(page, draft())).status_code == 405


@pytest.mark.parametrize("page", GET)
def test_every_page_costs_a_few_queries(draft, done, person, client, page):
    rows = [(f"+1415555{n:04}", f"N {n}", f"C {n}", "", "") for n in range(100, 150)]
    user = person("add_import", "view_import", "undo_import", "delete_import", "view_contact")
    record = (draft if page in PREPARE else done)(*rows, user=user)
    client.get(url(page, record)).close()

    with CaptureQueriesContext(connection) as captured:
        response = client.get(url(page, record))
    response.close()

    assert response.status_code == 200
    assert len(captured) <= 12
