"""The queues page: depth, age, workers, and what was given up, with its replay."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import BulkAction, Contact, Export, Import, Worker
from enrichment.models import Discovery, DiscoveryPlace, Recipe, Run, RunItem
from tests.dashboards.costs import costs, nobody_stands_in
from tests.dashboards.people import signed_in
from tests.dashboards.rows import people, uuid, work

PAGE, LIVE = "/admin/queues/", "/admin/queues/live/"
SEES, REPLAYS = "dashboards.view_queues", "dashboards.replay_dead"

pytestmark = pytest.mark.django_db


def run_with(states, **fields):
    """A run with one item in each of these states, over contacts of its own."""
    run = Run.objects.create(recipe=Recipe.objects.get_or_create(slug="r", name="R")[0],
                             total_count=len(states), **{"state": "working", **fields})  # fmt: skip
    for state in states:
        number = f"+1415555{Contact.objects.count():04}"
        contact = Contact.objects.create(phone_raw=number, phone_e164=number)
        worker = uuid(1) if state == "claimed" else None
        RunItem.objects.create(run=run, contact=contact, state=state, worker_id=worker, tries=3,
                               losses=3 if state == "dead" else 0, error="given up")  # fmt: skip
        if state == "dead":
            Contact.objects.filter(pk=contact.pk).update(status="processing")
            Contact.objects.filter(pk=contact.pk).update(status="failed", error="given up")
    return run


def lines(client):
    shown = {title: found for title, _, _, found in client.get(LIVE).context["queues"]}
    return shown["Runs"], shown["Imports"]


def test_depth_and_age_of_a_run(admin_client):
    run = run_with(["waiting", "waiting", "claimed", "done"], done_count=1)
    ago = timezone.now() - timedelta(minutes=10)
    RunItem.objects.filter(pk=run.items.earliest("id").pk).update(due_at=ago)

    (line,), imports = lines(admin_client)

    assert (line.waiting, line.in_hand, line.oldest_due_at) == (2, 1, ago)
    assert 600 <= line.waits_s < 660
    assert imports == []


def test_depth_of_an_import_is_what_is_left_of_its_file(admin_client):
    Import.objects.create(name="a.csv", path="x", state="waiting", line_count=100, read_line=40)
    Import.objects.create(name="done.csv", path="x", state="done", line_count=100)

    runs, (line,) = lines(admin_client)

    assert (runs, line.name, line.left, line.in_hand) == ([], "a.csv", 60, 0)


def test_exports_and_bulk_actions_are_queues_too(admin_client):
    Export.objects.create(
        described="all contacts", state="waiting", total_count=50_000, row_count=20_000
    )
    Export.objects.create(described="none", state="done", file="a.csv")
    BulkAction.objects.create(
        kind="add_tag", click=uuid(1), state="working", below_id=9, total_count=30, seen_count=10
    )

    response = admin_client.get(LIVE)

    shown = {title: found for title, _, _, found in response.context["queues"]}
    assert [(line.name, line.left) for line in shown["Exports"]] == [("all contacts", 30_000)]
    assert [(line.name, line.left) for line in shown["Bulk actions"]] == [("add_tag", 20)]
    assert b"/admin/contacts/export/" in response.content
    assert b"/admin/contacts/bulkaction/" in response.content


def discovery(places, **fields):
    """A discovery with a place in each of these states."""
    row = Discovery.objects.create(
        searches=["yelp.search"], place_count=len(places), **{"state": "working", **fields}
    )
    for state in places:
        worker = uuid(1) if state == "claimed" else None
        DiscoveryPlace.objects.create(
            discovery=row, near="94103", state=state, worker_id=worker, error="given up"
        )
    return row


def test_discoveries_are_queues_too(admin_client):
    row = discovery(["waiting", "waiting", "claimed", "done", "failed"], done_count=1,
                    failed_count=1, name="plumbers")  # fmt: skip
    discovery(["waiting"], state="ready")
    discovery(["done"], state="done", done_count=1)
    ago = timezone.now() - timedelta(minutes=10)
    DiscoveryPlace.objects.filter(pk=row.places.earliest("id").pk).update(due_at=ago)

    response = admin_client.get(LIVE)

    shown = {title: found for title, _, _, found in response.context["queues"]}
    (line,) = shown["Discoveries"]
    assert (line.name, line.state, line.waiting, line.in_hand) == ("plumbers", "working", 2, 1)
    assert line.oldest_due_at == ago
    assert f"/admin/enrichment/discovery/{row.pk}/change/" in response.content.decode()


def test_a_place_that_was_given_up_is_replayed(admin_client):
    row = discovery(["dead", "dead", "waiting"], failed_count=2, name="plumbers")
    first, second = row.places.filter(state="dead").order_by("id")
    at = f"{PAGE}discoveries/{row.pk}/replay/"
    assert f'action="{at}"' in admin_client.get(PAGE).content.decode()

    html = admin_client.post(f"{at}{first.pk}/", follow=True).content.decode()

    row.refresh_from_db()
    first.refresh_from_db()
    assert "1 of plumbers wait to be searched again." in html
    assert (first.state, first.error, row.failed_count) == ("waiting", "", 1)
    assert DiscoveryPlace.objects.get(pk=second.pk).state == "dead"
    admin_client.post(at)
    assert not row.places.filter(state="dead").exists()
    assert "Nothing was left." in admin_client.post(at, follow=True).content.decode()


def test_places_of_a_done_discovery_go_into_another(admin_client, settings):
    settings.SANDBOX = True
    row = discovery(["dead", "done"], state="done", done_count=1, failed_count=1, name="plumbers")

    html = admin_client.post(f"{PAGE}discoveries/{row.pk}/replay/", follow=True).content.decode()

    new = Discovery.objects.exclude(pk=row.pk).get()
    assert f"1 of plumbers are in discovery {new.pk}, which waits for approval." in html
    assert (new.state, new.place_count, new.again_of_id) == ("ready", 1, row.pk)


def test_places_of_a_cancelled_discovery_stay(admin_client):
    row = discovery(["dead"], state="cancelled", failed_count=1)

    html = admin_client.post(f"{PAGE}discoveries/{row.pk}/replay/", follow=True).content.decode()

    assert "The discovery was cancelled; start it once more." in html
    assert row.places.get().state == "dead"


def test_workers_are_alive_silent_or_lost(admin_client):
    now = timezone.now()
    long_ago = now - timedelta(hours=1)
    Worker.objects.create(id=uuid(1), name="alive", seen_at=now)
    Worker.objects.create(id=uuid(2), name="silent", seen_at=long_ago)
    Worker.objects.create(id=uuid(3), name="lost", seen_at=long_ago, gone_at=now, is_lost=True)
    Worker.objects.create(id=uuid(4), name="left", seen_at=long_ago, gone_at=now)

    shown = admin_client.get(LIVE).context["workers"]

    assert {one["worker"].name: one["state"] for one in shown} == {
        "alive": "alive", "silent": "silent", "lost": "lost",
    }  # fmt: skip


def test_one_given_up_is_replayed(admin_client):
    run = run_with(["dead", "dead", "done"], state="done", done_count=1, failed_count=2)
    first, second = run.items.filter(state="dead").order_by("id")

    response = admin_client.post(f"{PAGE}{run.pk}/replay/{first.pk}/", follow=True)

    run.refresh_from_db()
    first.refresh_from_db()
    assert "1 of Run" in response.content.decode()
    assert (run.state, run.failed_count, run.finished_at) == ("working", 1, None)
    assert (first.state, first.tries, first.losses, first.error) == ("waiting", 0, 0, "")
    assert (first.contact.status, first.contact.error) == ("pending", "")
    assert RunItem.objects.get(pk=second.pk).state == "dead"


def test_all_given_up_of_a_run_are_replayed_once(admin_client):
    run = run_with(["dead", "dead"], state="paused", failed_count=2)
    other = run_with(["dead"], failed_count=1)

    for _ in range(2):
        admin_client.post(f"{PAGE}{run.pk}/replay/")

    run.refresh_from_db()
    assert (run.state, run.failed_count) == ("paused", 0)
    assert set(run.items.values_list("state", flat=True)) == {"waiting"}
    assert other.items.get().state == "dead"


def test_a_cancelled_run_replays_nothing(admin_client):
    run = run_with(["dead"], state="cancelled", failed_count=1)

    html = admin_client.post(f"{PAGE}{run.pk}/replay/", follow=True).content.decode()

    assert "The run was cancelled" in html
    assert run.items.get().state == "dead"
    assert run.items.get().contact.status == "failed"


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_replays_nothing(admin_client, method):
    run = run_with(["dead"])

    assert getattr(admin_client, method)(f"{PAGE}{run.pk}/replay/").status_code == 405
    assert run.items.get().state == "dead"


def test_who_may_see_and_who_may_replay(client):
    run = run_with(["dead"], failed_count=1)
    address = f"{PAGE}{run.pk}/replay/"
    sees = signed_in(SEES)

    assert [signed_in().get(at).status_code for at in (PAGE, LIVE)] == [403, 403]
    assert [sees.get(at).status_code for at in (PAGE, LIVE)] == [200, 200]
    assert [client.get(at).status_code for at in (PAGE, LIVE)] == [302, 403]
    assert sees.post(address).status_code == 403
    assert address not in sees.get(PAGE).content.decode()
    assert signed_in(SEES, REPLAYS).post(address).status_code == 302


def test_queues_cost_the_same_at_ten_and_a_thousand_rows(settings):
    settings.SANDBOX = None
    nobody_stands_in()
    client = signed_in(SEES, REPLAYS)

    def fill(start, end):
        people(start, end)
        work(start, end)
        RunItem.objects.update(state="dead")
        Import.objects.update(state="waiting")
        Run.objects.update(state="working")
        for _ in range(start, end, 90):
            discovery(["dead", "waiting"], failed_count=1)

    fill(0, 10)
    costs(client, (PAGE, LIVE))
    few = costs(client, (PAGE, LIVE))

    fill(10, 1000)

    assert costs(client, (PAGE, LIVE)) == few
    assert max(few.values()) <= 12
