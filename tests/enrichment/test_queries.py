"""Lists of run items: their order, their number by the runs' counters, and those of one error."""

from __future__ import annotations

import pytest

from contacts.models import Contact
from enrichment import queries
from enrichment.models import Run, RunItem
from enrichment.models.recipe import Recipe

pytestmark = pytest.mark.django_db
State = RunItem.State
ITEMS = "/admin/enrichment/runitem/"


def make_run(*states: str, **fields: object) -> Run:
    """A run with an item of each state, and the counters that go with them."""
    recipe, _ = Recipe.objects.get_or_create(slug="numbers", name="Numbers")
    counts = {
        "total_count": len(states),
        "done_count": states.count("done"),
        "failed_count": states.count("failed") + states.count("dead"),
    }
    run = Run.objects.create(recipe=recipe, **{"state": "working", **counts, **fields})
    for state in states:
        number = f"+1415555{Contact.objects.count():04}"
        contact = Contact.objects.create(phone_raw="x", phone_e164=number)
        worker = "0" * 32 if state == "claimed" else None
        error = "no answer" if state in queries.LOST else ""
        RunItem.objects.create(run=run, contact=contact, state=state, worker_id=worker, error=error)
    return run


MIXED = ("done", "waiting", "failed", "dead", "done", "claimed", "waiting", "waiting")


@pytest.mark.parametrize("state", ["", "done", "failed", "waiting"])
def test_counters_know_how_many_items_a_state_has(state):
    runs = [make_run(*MIXED), make_run("done", "failed")]
    make_run("cancelled", "done", "cancelled", state="cancelled")

    rows = RunItem.objects.filter(state=state) if state else RunItem.objects.all()

    for run in runs:
        assert queries.count_of(run, state) == rows.filter(run=run).count()
    if state:
        assert queries.count_of(None, state) == rows.count()


@pytest.mark.parametrize("state", ["claimed", "dead", "cancelled"])
def test_states_with_an_index_of_their_own_are_counted(state):
    assert queries.count_of(make_run(*MIXED), state) is None


@pytest.mark.parametrize("state", [*State.values, ""])
def test_list_has_a_runs_items_of_a_state_and_no_others(admin_client, state):
    run, other = make_run(*MIXED), make_run(*MIXED)
    query = f"?run__id__exact={run.pk}" + (f"&state__exact={state}" if state else "")

    shown = admin_client.get(ITEMS + query).context["cl"]

    rows = RunItem.objects.filter(run=run, **({"state": state} if state else {}))
    assert sorted(item.pk for item in shown.result_list) == sorted(
        rows.values_list("pk", flat=True)
    )
    assert shown.result_count == rows.count()
    assert other.items.count() == len(MIXED)


@pytest.mark.parametrize("state", ["failed", "dead", "cancelled"])
def test_what_ended_badly_comes_newest_first(admin_client, state):
    older, newer = make_run(state, state), make_run(state)

    shown = admin_client.get(f"{ITEMS}?state__exact={state}").context["cl"].result_list

    wanted = [*newer.items.order_by("-pk"), *older.items.order_by("-pk")]
    assert list(shown) == wanted


def test_pages_of_a_list_meet_without_gap_or_repeat(admin_client):
    run = make_run(*["failed"] * 70)

    pages = [
        admin_client.get(f"{ITEMS}?run__id__exact={run.pk}&state__exact=failed&p={number}")
        for number in (1, 2)
    ]

    shown = [item.pk for page in pages for item in page.context["cl"].result_list]
    assert shown == list(run.items.order_by("-pk").values_list("pk", flat=True))
    assert [len(page.context["cl"].result_list) for page in pages] == [50, 20]


def test_error_finds_its_failures_of_the_run_that_is_named(admin_client):
    run, other = make_run("failed", "dead", "done"), make_run("failed")
    RunItem.objects.filter(run=run, state="dead").update(error="NotEntitled: no <b>")

    found = admin_client.get(ITEMS, {"run__id__exact": run.pk, "error": "NotEntitled: no <b>"})
    none = admin_client.get(ITEMS, {"run__id__exact": other.pk, "error": "NotEntitled: no <b>"})

    assert [item.state for item in found.context["cl"].result_list] == ["dead"]
    assert "no <b>" not in found.content.decode()
    assert list(none.context["cl"].result_list) == []


@pytest.mark.parametrize(
    "query",
    [
        "?run__id__exact=x",
        "?state__exact=purple",
        "?state__exact=%00",
        "?error=%00",
        "?run__id__exact=99999",
    ],
)
def test_broken_filter_of_items_is_no_error(admin_client, query):
    make_run("failed")

    assert admin_client.get(ITEMS + query, follow=True).status_code == 200
