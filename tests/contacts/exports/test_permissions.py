"""Who may see, fetch, cancel, repeat and delete which export."""

import pytest

from contacts.models import Export, ExportDownload
from tests.contacts.exports.conftest import read, url

pytestmark = pytest.mark.django_db

GET = ("change", "progress", "download", "delete")
POST = ("again", "cancel", "delete")
LOOK = {("GET", "change"), ("GET", "progress")}
FETCH = {("GET", "download")}
AGAIN = {("POST", "again")}
CANCEL = {("POST", "cancel")}
DELETE = {("GET", "delete"), ("POST", "delete")}


def statuses(client, record):
    """What each page answers: {(method, page): status}."""
    got = {}
    for method, ask, pages in (("GET", client.get, GET), ("POST", client.post, POST)):
        for page in pages:
            got[method, page] = read(ask(url(page, record.pk))).status_code
    return got


def allowed(client, record):
    return {key for key, status in statuses(client, record).items() if status != 403}


def test_nobody_and_strangers_get_nowhere(done, person, client):
    record = done()

    assert set(statuses(client, record).values()) == {302}
    person()
    assert set(statuses(client, record).values()) == {403}
    for page in ("add", "count", "changelist"):
        assert client.get(url(page)).status_code == 403
    assert client.post(url("add")).status_code == 403
    assert (Export.objects.count(), ExportDownload.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("permissions", "may"),
    [
        (["export_contact"], set()),
        (["view_export"], LOOK),
        (["download_any_export"], set()),
        (["export_contact", "view_export"], LOOK | AGAIN),
        (["export_contact", "download_any_export"], FETCH),
        (["delete_export"], set()),
        (["view_export", "delete_export"], LOOK | CANCEL | DELETE),
        (["view_contact", "view_import", "add_run"], set()),
    ],
)
def test_what_is_anothers_takes_permissions(done, person, client, permissions, may):
    record = done()
    person(*permissions)

    assert allowed(client, record) == may


def test_ones_own_takes_the_permission_to_export(done, person, client):
    user = person("export_contact")
    record = done(user)

    assert allowed(client, record) == LOOK | FETCH | AGAIN | CANCEL
    user.user_permissions.clear()
    assert allowed(client, record) == set()


def test_the_list_shows_ones_own_or_everybodys(done, person, client):
    theirs = done()
    person("export_contact", name="sam")
    alone = client.get(url("changelist")).content.decode()
    person("view_export", name="vera")
    everybodys = client.get(url("changelist")).content.decode()

    assert url("change", theirs.pk) not in alone
    assert url("change", theirs.pk) in everybodys
