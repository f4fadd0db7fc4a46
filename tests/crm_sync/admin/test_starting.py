"""Syncs are started from a connection's page, which tells of the last ones and what is owed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm_sync.models import Sync
from tests.crm_sync.admin.syncs import at, ready, said, sync
from tests.crm_sync.connections import connection

pytestmark = pytest.mark.django_db


def start(client, of, what):
    return client.post(reverse("admin:crm_sync_connection_start", args=[of.pk]), {"what": what})


@pytest.mark.parametrize(
    ("what", "is_dry", "is_full"),
    [("dry", True, False), ("now", False, False), ("full", False, True)],
)
def test_a_sync_is_started_from_the_connection(client, person, server, what, is_dry, is_full):
    bo = person("view_connection", "view_sync", "sync_connection")
    of = ready()
    answer = start(client, of, what)
    row = Sync.objects.get()
    assert answer.url == at(row)
    assert (row.connection, row.is_dry, row.is_full) == (of, is_dry, is_full)
    assert (row.created_by, row.cause, row.state) == (bo, "person", "waiting")


def test_a_start_that_is_refused_says_what_comes_first(client, person, server):
    person("view_connection", "view_sync", "sync_connection")
    of = ready()
    sync(of)
    answer = start(client, of, "now")
    assert answer.url == f"/admin/crm_sync/connection/{of.pk}/change/"
    assert said(answer) == ["Acme is being synced already; wait until it is done."]
    assert Sync.objects.count() == 1


def test_an_unknown_kind_of_sync_is_none(client, person, server):
    person("view_connection", "sync_connection")
    assert start(client, ready(), "everything").status_code == 404
    assert not Sync.objects.exists()


def test_referrals_are_synced_though_they_have_no_objects(client, person, server):
    person("view_connection", "view_sync", "sync_connection")
    of = connection("partner_center", "device_code", label="Partners", state="ready")
    assert "nothing to try out" in said(start(client, of, "dry"))[0]
    assert start(client, of, "now").url == at(Sync.objects.get())


def test_who_may_look_may_neither_start_nor_stop(client, person, server):
    person("view_connection", "view_sync")
    row = sync(state="claimed")
    assert client.post(at(row, "stop")).status_code == 403
    assert start(client, row.connection, "now").status_code == 403
    assert Sync.objects.count() == 1


def test_a_connection_shows_its_last_syncs(client, person, server):
    person("view_connection", "view_sync", "sync_connection")
    of = ready(every_minutes=60, next_at=timezone.now() + timedelta(hours=1))
    for n in range(7):
        sync(of, state="done", counts={"contact": {"created": n + 1}})
    page = client.get(f"/admin/crm_sync/connection/{of.pk}/change/").content.decode()
    assert [n for n in range(1, 8) if f"{n} made there" in page] == [3, 4, 5, 6, 7]
    assert 'value="dry">Dry run' in page
    assert 'value="full">Compare everything' in page
    assert "next at" in page
