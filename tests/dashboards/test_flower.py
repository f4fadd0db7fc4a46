"""Flower behind the sign-in: a real one on loopback, seen by those who may, steered by fewer."""

import base64
import os
import subprocess
import sys
import time

import httpx2
import pytest

from config.embedded import PROJECT
from dashboards import flower
from tests.dashboards.people import signed_in
from tests.lab.processes import free_ports

pytestmark = pytest.mark.django_db
SEES, STEERS = "dashboards.view_flower", "dashboards.steer_flower"
HERE = {"Sec-Fetch-Site": "same-origin"}
SHUTDOWN = "/flower/api/worker/shutdown/celery@nowhere"


@pytest.fixture(scope="module")
def process():
    """A Flower of its own; its address."""
    (port,) = free_ports(1)
    environment = {
        **os.environ,
        "FLOWER_PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    running = subprocess.Popen([sys.executable, "-m", "config.flower"], cwd=PROJECT,
                               env=environment, stderr=subprocess.DEVNULL)  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    give_up_at = time.monotonic() + 120
    while not is_up(url):
        assert running.poll() is None and time.monotonic() < give_up_at, "Flower is not up"
        time.sleep(0.1)
    yield url
    running.terminate()
    running.wait(timeout=120)


def is_up(url):
    try:
        return httpx2.get(f"{url}/flower/healthcheck", trust_env=False).is_success
    except httpx2.HTTPError:
        return False


@pytest.fixture
def up(process, settings):
    settings.FLOWER_URL = process
    return process


def text(response):
    return b"".join(response.streaming_content).decode()


def test_its_pages_come_through_with_what_they_need(up, admin_client):
    page = admin_client.get("/flower/")
    script = admin_client.get("/flower/static/js/flower.js")
    workers = admin_client.get("/flower/workers", {"refresh": "1"})

    assert (page.status_code, script.status_code, workers.status_code) == (200, 200, 200)
    assert "/flower/static/" in text(page)
    assert "'unsafe-inline'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY" and "Set-Cookie" not in page
    assert "function url_prefix" in text(script)
    text(workers)


def test_nobody_gets_in_past_the_back_office(up):
    ours = base64.b64encode(f"{flower.user()}:{flower.password()}".encode()).decode()

    def status(**headers):
        return httpx2.get(
            f"{up}/flower/tasks", headers=headers, trust_env=False, timeout=60
        ).status_code

    assert status() == 401
    assert status(Authorization="Basic " + base64.b64encode(b"switchboard:x").decode()) == 401
    assert status(Authorization=f"Basic {ours}") == 200


def test_who_may_see_it(up, client):
    assert client.get("/flower/tasks")["Location"] == "/admin/login/?next=/flower/tasks"
    assert signed_in().get("/flower/tasks").status_code == 403
    assert text(signed_in(SEES).get("/flower/tasks"))


def test_who_may_steer_and_from_where(up):
    sees, steers = signed_in(SEES), signed_in(SEES, STEERS)

    statuses = [
        sees.post(SHUTDOWN, headers=HERE).status_code,
        steers.post(SHUTDOWN).status_code,
        steers.post(SHUTDOWN, headers={"Sec-Fetch-Site": "cross-site"}).status_code,
        steers.post(SHUTDOWN, headers={"Origin": "https://evil.test"}).status_code,
        steers.post("/flower/api/task/async-apply/enrichment.work", headers=HERE).status_code,
        steers.post("/flower/api/task/send-task/x", headers=HERE).status_code,
        steers.post("/flower/login", headers=HERE).status_code,
        steers.put(SHUTDOWN, headers=HERE).status_code,
    ]
    through = [steers.post(SHUTDOWN, headers=HERE),
               steers.post(SHUTDOWN, headers={"Origin": "http://testserver"})]  # fmt: skip

    assert statuses == [403] * 7 + [405]
    assert [text(one) for one in through] == ["Unknown worker 'celery@nowhere'"] * 2
    assert [one.status_code for one in through] == [404, 404]


def test_the_list_of_tasks_asks_for_its_rows_by_post(up):
    rows = {
        "draw": "1", "start": "0", "length": "10", "search[value]": "",
        "order[0][column]": "0", "order[0][dir]": "asc", "columns[0][data]": "name",
    }  # fmt: skip
    sees = signed_in(SEES)

    answer = sees.post("/flower/tasks/datatable", rows, headers=HERE)

    assert (answer.status_code, '"data"' in text(answer)) == (200, True)
    assert sees.post("/flower/tasks/datatable", rows).status_code == 403


@pytest.mark.parametrize(
    "path", ["../admin", "a/../../b", "%2e%2e/x", "..%5cx", "./x", "static/../../etc/passwd"]
)
def test_no_path_leads_out(up, admin_client, path):
    assert admin_client.get(f"/flower/{path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("", "", "/flower/"),
        ("worker/celery@host", "a=b", "/flower/worker/celery@host?a=b"),
        ("/evil.test/x", "", "/flower//evil.test/x"),
        ("@evil.test", "", "/flower/@evil.test"),
        ("a b?c#d%2e", "", "/flower/a%20b%3Fc%23d%252e"),
    ],
)
def test_every_address_is_flowers(settings, path, query, expected):
    settings.FLOWER_URL = "http://127.0.0.1:5555"

    assert flower.address(path, query) == f"http://127.0.0.1:5555{expected}"


def test_when_it_is_away_a_page_says_so(admin_client, settings):
    settings.FLOWER_URL = "http://127.0.0.1:1"

    response = admin_client.get("/flower/")

    assert response.status_code == 502
    assert "does not answer" in response.content.decode()


def test_it_is_in_the_navigation_of_those_who_may_see_it():
    assert 'href="/flower/"' in signed_in(SEES).get("/admin/").content.decode()
    assert 'href="/flower/"' not in signed_in().get("/admin/").content.decode()
