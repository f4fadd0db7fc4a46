"""One id from the click through the task to the provider call."""

import re
import time

import pytest
import structlog
from celery import Celery, current_app
from celery.contrib.testing.worker import start_worker
from django.test import override_settings
from django.urls import path

from config import correlation, urls
from enrichment import services
from enrichment.models import Run
from integrations.models import ApiCall
from tests.enrichment.conftest import (  # noqa: F401 - fixtures
    contact,
    line_type_recipe,
    runtime,
    sandbox,
    sandbox_process,
)

GIVEN = "click-7f3a9c"


def test_a_request_keeps_its_own_id_or_gets_one(client):
    kept, made = client.get("/health", headers={"X-Request-ID": GIVEN}), client.get("/health")

    assert kept["X-Request-ID"] == GIVEN
    assert re.fullmatch("[0-9a-f]{32}", made["X-Request-ID"])
    assert correlation.current_id() == ""


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "a b c d e f g", "<script>1234", "+14155550100",
              "14155550100", "415-555-0100", "..........", "ann@example.test"]
)  # fmt: skip
def test_foreign_text_and_numbers_are_no_ids(client, given):
    told = client.get("/health", headers={"X-Request-ID": given})["X-Request-ID"]

    assert re.fullmatch("[0-9a-f]{32}", told)


@pytest.mark.django_db
def test_xr_05_refusals_have_an_id_too(client):
    for address in ("/nowhere", "/admin/queues/"):
        assert client.get(address, headers={"X-Request-ID": GIVEN})["X-Request-ID"] == GIVEN


def fail(request):
    raise RuntimeError("nobody foresaw this")


urlpatterns = [path("fail", fail), *urls.urlpatterns]
handler500 = urls.handler500


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.django_db
def test_xr_05_the_page_of_an_error_names_it(client):
    client.raise_request_exception = False

    response = client.get("/fail", headers={"X-Request-ID": GIVEN})

    assert (response.status_code, response["X-Request-ID"]) == (500, GIVEN)
    html = response.content.decode()
    assert GIVEN in html and "nobody foresaw" not in html


@pytest.fixture(scope="module")
def worked():
    """A task that notes what it sees, worked by a real worker behind a broker of this process."""
    app = Celery("heard", broker="memory://", backend="cache+memory://", set_as_current=False)
    app.conf.task_default_queue = "heard"  # what others of this process rang is not ours
    seen: list[dict[str, str]] = []

    @app.task(name="heard.note")
    def note(more: int = 0) -> None:
        seen.append(structlog.contextvars.get_contextvars())
        if more:
            note.delay(more - 1)

    ours = current_app._get_current_object()
    try:
        with start_worker(app, pool="solo", perform_ping_check=False):
            yield note, seen
    finally:  # a started worker makes its application everybody's
        ours.set_current()
        ours.set_default()


@pytest.fixture
def heard(worked):
    worked[1].clear()
    return worked


def wait_for(seen, count):
    until = time.monotonic() + 60
    while len(seen) < count and time.monotonic() < until:
        time.sleep(0.02)
    return [one["correlation_id"] for one in seen]


def test_a_task_takes_over_the_id_of_who_rang_and_hands_it_on(heard):
    note, seen = heard

    with structlog.contextvars.bound_contextvars(correlation_id=GIVEN):
        note.delay(more=2)

    assert wait_for(seen, 3) == [GIVEN] * 3
    assert {one["task"] for one in seen} == {"heard.note"}


def test_a_task_rung_by_nobody_in_particular_gets_an_id_of_its_own(heard):
    note, seen = heard

    note.delay()
    note.delay()

    first, second = wait_for(seen, 2)
    assert first != second and len(first) == len(second) == 32


def test_ar_46_a_click_reaches_the_provider_call(
    admin_client, runtime, line_type_recipe, caplog  # noqa: F811
):  # fmt: skip
    """The approval's id is in the logs of the start and the call, whoever came to them first."""
    contact()
    run = services.create_run(line_type_recipe, {})
    with structlog.contextvars.bound_contextvars(correlation_id=GIVEN):
        services.approve(run)

    with caplog.at_level("DEBUG", "enrichment"):
        services.start(run.pk)
        runtime.work(10)

    call = ApiCall.objects.get()
    said = [one.msg for one in caplog.records if isinstance(one.msg, dict)]
    (line,) = [one for one in said if one["event"] == "provider_called"]
    (started,) = [one for one in said if one["event"] == "run_started"]
    assert started["correlation_id"] == GIVEN
    assert Run.objects.get(pk=call.run_id).correlation_id == GIVEN
    assert (line["correlation_id"], line["run"]) == (GIVEN, run.pk)
    assert line["request_id"] == str(call.pk)
