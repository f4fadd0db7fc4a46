"""Syncs in the back office: listed, watched and stopped; for whom and how."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from crm_sync.models import OutboxItem, Sync
from tests.crm_sync.admin.syncs import at, ready, said, sync
from tests.dashboards.costs import used_now

pytestmark = pytest.mark.django_db
LIST = "/admin/crm_sync/sync/"


def test_an_empty_list_says_what_comes_first(client, person):
    person("view_sync", "view_connection")
    page = client.get(LIST).content.decode()
    assert "No sync yet" in page
    assert "First connect a CRM" in page
    assert 'href="/admin/crm_sync/connection/"' in page


def test_the_list_tells_each_sync_in_a_line(client, person):
    bo = person("view_sync")
    now = timezone.now()
    sync(
        state="done", created_by=bo, started_at=now - timedelta(seconds=75), finished_at=now,
        counts={"contact": {"created": 1200, "rejected": 3, "unchanged": 0}},
    )  # fmt: skip
    page = client.get(LIST).content.decode()
    assert "1,200 made there, 3 refused" in page
    assert "75 s" in page
    assert ">bo<" in page.replace("\n", "").replace(" ", "")


@pytest.mark.parametrize(
    ("query", "shown"),
    [("kind=dry", {"dry"}), ("kind=real", {"done"}), ("state__exact=done", {"done"}),
     ("connection=nonsense", {"dry", "done"}), ("kind=odd", {"dry", "done"})],
)  # fmt: skip
def test_the_list_is_filtered(client, person, query, shown):
    person("view_sync")
    rows = {"dry": sync(is_dry=True, state="failed"), "done": sync(ready("Other"), state="done")}
    page = client.get(f"{LIST}?{query}").content.decode()
    assert {name for name, row in rows.items() if at(row) in page} == shown


def test_the_list_costs_the_same_at_any_length(client, person, django_assert_max_num_queries):
    bo = person("view_sync")
    of, counts = ready(), []
    sync(of, state="done", created_by=bo)
    used_now(client)
    client.get(LIST)
    for more in (0, 1000):
        Sync.objects.bulk_create(
            Sync(connection=of, state="done", created_by=bo) for _ in range(more)
        )
        with django_assert_max_num_queries(12) as asked:
            client.get(LIST)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_sync_at_work_tells_how_far_it_is(client, person):
    person("view_sync")
    row = sync(
        state="claimed", stage="Sending contact records", total=200, started_at=timezone.now(),
        counts={"contact": {"created": 40, "rejected": 10}},
    )  # fmt: skip
    OutboxItem.objects.bulk_create(
        OutboxItem(connection=row.connection, object="contact", subject_id=n) for n in range(150)
    )
    page = client.get(at(row)).content.decode()
    assert "Sending contact records" in page
    assert "<strong>50</strong> of 200 records, 25 %" in page
    assert 'hx-trigger="every 2s"' in page
    assert "Stop" not in page


def test_the_live_part_comes_alone_and_measures_the_pace(client, person):
    person("view_sync")
    row = sync(state="claimed", total=100, is_dry=True, counts={"contact": {"create": 60}})
    now = timezone.now().replace(microsecond=0)
    samples = f"{now.timestamp() - 20:.1f}-20"
    with time_machine.travel(now, tick=False):
        page = client.get(at(row, "live"), {"seen": "claimed 0 0", "samples": samples})
    text = page.content.decode()
    assert "<html" not in text
    assert "<strong>60</strong> of 100 records" in text
    assert "<strong>2</strong> a second" in text
    assert "about <strong>20 s</strong> left" in text


def test_the_page_comes_anew_when_the_state_has_changed(client, person):
    person("view_sync")
    row = sync(state="done")
    answer = client.get(at(row, "live"), {"seen": "claimed 0 0", "samples": "odd,,1-x"})
    assert answer.headers["HX-Refresh"] == "true"
    assert answer.content == b""


def test_a_sync_that_waits_says_why_and_until_when(client, person):
    person("view_sync")
    due = timezone.now() + timedelta(minutes=5)
    row = sync(state="waiting", reason="the CRM wants fewer requests", due_at=due)
    page = client.get(at(row)).content.decode()
    assert "The CRM wants fewer requests." in page
    assert "It goes on by itself at" in page
    assert due.strftime("%H:%M:%S") in page


def test_what_has_to_be_mended_leads_to_where_it_is_mended(client, person):
    person("view_sync", "view_connection", "view_mapping")
    of = ready()
    row = sync(of, state="failed", category="mapping", reason="2 to mend: x", problems=[
        {"words": "It is read-only there.", "field": "createdate", "object": "contact"},
        {"words": "The app lacks a scope.", "field": "", "object": ""},
    ])  # fmt: skip
    page = client.get(at(row)).content.decode()
    assert "To be mended; nothing was written" in page
    assert "It is read-only there." in page
    assert "Contacts, field createdate" in page
    assert f'href="/admin/crm_sync/connection/{of.pk}/mapping/contact/">Open the mapping' in page
    assert f'href="/admin/crm_sync/connection/{of.pk}/change/">Open the connection' in page


def test_a_failed_sync_says_why_and_what_to_do(client, person):
    person("view_sync")
    row = sync(state="failed", category="login", reason="the sign-in was revoked")
    page = client.get(at(row)).content.decode()
    assert "The sign-in was revoked" in page
    assert "Sign the connection in again." in page
    assert "It ended before any record was looked at." in page


def test_what_came_of_records_is_told_in_words(client, person):
    person("view_sync")
    row = sync(state="done", counts={
        "contact": {"created": 3, "echo": 2, "again": 1, "held": 4, "new word": 5, "gone": 0},
    })  # fmt: skip
    page = client.get(at(row)).content.decode()
    for words in (
        "<strong>3</strong><small>made there", "<strong>2</strong><small>our own changes",
        "<strong>1</strong><small>put off", "<strong>4</strong><small>held back",
        "<strong>5</strong><small>new word",
    ):  # fmt: skip
        assert words in page
    assert "not there any more" not in page


def test_a_sync_is_stopped_once(client, person):
    person("view_sync", "sync_connection")
    row = sync(state="claimed")
    first = client.post(at(row, "stop"))
    row.refresh_from_db()
    assert row.wants_stop
    assert said(first) == ["The sync stops at its next step. What it has done stays done."]
    Sync.objects.filter(pk=row.pk).update(state="stopped", worker_id=None)
    assert "The sync was over already." in said(client.post(at(row, "stop")))


@pytest.mark.parametrize("name", ["change", "live", "stop"])
def test_who_may_not_see_syncs_is_not_shown_one(client, person, name):
    person("view_connection", "sync_connection")
    row = sync(state="claimed")
    act = client.post if name == "stop" else client.get
    assert act(at(row, name)).status_code == 403
    row.refresh_from_db()
    assert not row.wants_stop
