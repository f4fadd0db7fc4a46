"""What a connection syncs, chosen in the back office, and what it owes after another choice."""

from __future__ import annotations

import pytest

from crm_sync.models import Connection
from tests.crm_sync.connections import connection

pytestmark = pytest.mark.django_db
ALL = ("view_connection", "change_connection", "sync_connection")
LIST = "/admin/crm_sync/connection/"
CHOSEN = {
    "direction": "push", "objects_on": ["contact"], "when_deleted_here": "keep",
    "when_deleted_there": "detach", "seen": "{}",
}  # fmt: skip


def saved(client, row, section, **data):
    return client.post(f"{LIST}{row.pk}/save/{section}/", data)


def test_it_syncs_those_of_a_filtered_list_and_owes_them_all(client, person, server):
    person(*ALL)
    row = connection("hubspot", "code")
    address = "http://localhost/admin/contacts/contact/?status=completed&line_type=mobile&p=2"

    saved(client, row, "sync", **CHOSEN, selection=address)

    row.refresh_from_db()
    assert row.selection == {"status": "completed", "line_type": "mobile"}
    assert row.owes_all_since is not None
    page = client.get(f"{LIST}{row.pk}/change/").content.decode()
    assert "Which contacts: all that are completed → line type mobile, completed" in page
    assert "The next sync goes over all records that are chosen" in page
    Connection.objects.update(owes_all_since=None)
    query = "line_type=mobile&amp;status=completed"
    assert f'value="{query}"' in page

    saved(client, row, "sync", **CHOSEN, selection=query.replace("&amp;", "&"))
    row.refresh_from_db()
    assert row.owes_all_since is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Ann", "No filter is in it"),
        ("?page=2", "No filter is in it"),
        ("line_type=mobile&import=x", "was left out"),
        ("line_type=" + "x" * 2_000, "at most 2000 characters"),
    ],
)
def test_a_selection_that_means_nothing_is_refused(client, person, server, typed, words):
    person(*ALL)
    row = connection("hubspot", "code")
    page = saved(client, row, "sync", **CHOSEN, selection=typed).content.decode()
    assert words in page
    row.refresh_from_db()
    assert row.selection == {}


def test_a_connection_that_was_off_owes_everything(client, person, server):
    person(*ALL)
    row = connection("hubspot", "code", label="Acme")
    for switch, is_owed in (({}, False), ({"is_enabled": "on"}, True)):
        saved(client, row, "general", label="Acme", seen="{}", **switch)
        row.refresh_from_db()
        assert (row.owes_all_since is not None) is is_owed
