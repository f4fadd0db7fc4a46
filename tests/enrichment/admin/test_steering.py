"""Steering a run: what each step does, who may, and what two people at once get."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry

from enrichment import services
from enrichment.models import Run, RunItem
from integrations.models import Budget
from tests.enrichment.admin.conftest import estimate_of, url, working

pytestmark = pytest.mark.django_db
STEPS = ("approve", "estimate", "pause", "resume", "cancel", "cap", "again")


@pytest.mark.parametrize(("typed", "cap"), [("2.50", Decimal("2.5")), ("", None)])
def test_approve_takes_the_cap_and_lets_a_worker_at_it(
    do, run, typed, cap, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as rung:
        response = do(run, "approve", cap_usd=typed)

    assert (response.status_code, response["Location"]) == (302, url("change", run))
    assert (run.state, run.cap_usd) == (Run.State.STARTING, cap)
    most = Decimal("0.008") if cap is None else cap  # without one, what its estimate says
    assert Budget.objects.get(key=run.budget_key).cap_usd == most
    assert (len(rung), LogEntry.objects.count()) == (1, 1)


@pytest.mark.parametrize("cap", ["-3", "x", "NaN", "1e99", "9" * 20])
def test_bad_cap_is_said_beside_the_field(do, run, cap):
    response = do(run, "approve", cap_usd=cap)

    assert response.status_code == 200
    assert 'class="imp-error"' in response.content.decode()
    assert f'value="{cap}"' in response.content.decode()
    assert run.state == Run.State.READY


def test_double_click_approves_once_and_says_who_was_first(do, run, see):
    do(run, "approve", cap_usd="1")
    do(run, "approve", cap_usd="2")

    assert (run.state, run.cap_usd) == (Run.State.STARTING, Decimal(1))
    html = see(run)
    assert "Nothing was changed" in html and "The last step was by admin" in html
    assert LogEntry.objects.count() == 1


def test_estimate_that_was_not_seen_is_not_approved(do, run, see):
    old = estimate_of(run)["made_at"]
    do(run, "estimate")

    do(run, "approve", cap_usd="1", seen=old)

    assert run.state == Run.State.READY
    assert "Its estimate was made again meanwhile" in see(run)
    assert not Budget.objects.filter(key=run.budget_key).exists()


def test_estimate_of_the_sandbox_is_not_approved_for_money(do, run, see, settings):
    settings.SANDBOX = False

    do(run, "approve", cap_usd="1")

    assert run.state == Run.State.READY
    assert "estimated in the sandbox, and now the real providers would be asked" in see(run)


def test_pause_resume_cancel(do, run):
    services.approve(run)
    services.start(run.pk)
    seen = []

    for name in ("pause", "resume", "cancel"):
        do(run, name)
        seen.append(run.state)

    assert seen == ["paused", "working", "cancelled"]
    assert RunItem.objects.get().state == RunItem.State.CANCELLED
    assert [one.get_change_message() for one in LogEntry.objects.order_by("pk")] == [
        "paused", "resumed", "cancelled",
    ]  # fmt: skip


def test_step_on_a_stale_page_says_so(do, run, see):
    do(run, "pause")

    assert run.state == Run.State.READY
    assert "the state that the run is in: waits for approval." in see(run)
    assert LogEntry.objects.count() == 0


def test_raised_cap_lets_a_blocked_run_go_on(do, run):
    working(run)
    Run.objects.update(state="blocked", blocked_by=f"cap:{run.budget_key}", reason="x")

    do(run, "cap", cap_usd="9")

    assert (run.state, run.cap_usd, run.reason) == (Run.State.WORKING, Decimal(9), "")
    assert Budget.objects.get(key=run.budget_key).cap_usd == 9


def test_cap_of_an_ended_run_stays(do, run, see):
    working(run)
    Run.objects.update(state="done")

    do(run, "cap", cap_usd="9")

    assert run.cap_usd == 5
    assert "Nothing was changed" in see(run)


@pytest.mark.parametrize(
    ("held", "cap", "status", "now"),
    [(5, "4", 302, 4), (5, "6", 200, 5), (5, "", 302, None), (None, "1", 200, None)],
)
def test_who_may_not_approve_may_only_lower_the_cap(
    do, run, person, client, held, cap, status, now
):
    working(run)
    Run.objects.update(cap_usd=held)  # without one the estimate's $0.008 hold
    person("change_run")

    assert do(run, "cap", client, cap_usd=cap).status_code == status
    assert run.cap_usd == now


def test_failed_ones_again_makes_a_run_that_waits(do, run):
    services.approve(run)
    services.start(run.pk)
    RunItem.objects.update(state="failed")
    Run.objects.update(state="done", failed_count=1)

    response = do(run, "again")

    new = Run.objects.exclude(pk=run.pk).get()
    assert response["Location"] == url("change", new)
    assert (new.state, new.selection) == (Run.State.READY, {"failed_in": run.pk})
    assert (estimate_of(new)["contacts"], new.created_by.username) == (1, "admin")


def test_again_without_failures_makes_nothing(do, run):
    do(run, "again")

    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    ("permission", "may"),
    [
        ("view_run", set()),
        ("add_run", {"estimate", "again"}),
        ("approve_run", {"approve"}),
        ("change_run", {"pause", "resume", "cancel", "cap"}),
    ],
)
def test_each_step_asks_for_its_permission(run, person, client, permission, may):
    person(permission)

    allowed = {page for page in STEPS if client.post(url(page, run)).status_code != 403}

    assert allowed == may


def test_nobody_gets_nowhere(run, client, person):
    pages = [url(page, run) for page in (*STEPS, "live", "change")]
    pages += ["/admin/enrichment/run/", "/admin/enrichment/run/add/"]
    pages += ["/admin/enrichment/run/add/count/"]

    assert {client.post(page).status_code for page in pages} == {302}
    person()
    statuses = {page: client.post(page).status_code for page in pages}
    assert set(statuses.values()) <= {403, 405}
    assert {client.get(page).status_code for page in pages} <= {403, 405}
    assert Run.objects.get().state == Run.State.READY


def test_viewer_sees_no_button(run, person, client):
    person("view_run")

    html = client.get(url("change", run)).content.decode()

    assert not [page for page in STEPS if url(page, run) in html]
    assert "It waits for somebody who may approve runs." in html


def test_who_made_a_run_sees_it(recipe, person, client):
    run = services.create_run(recipe, {}, user=person("add_run"))

    assert client.get(url("change", run)).status_code == 200


@pytest.mark.parametrize("page", STEPS)
def test_no_step_is_done_by_a_link(run, admin_client, page):
    assert admin_client.get(url(page, run)).status_code == 405
