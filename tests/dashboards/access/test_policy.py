"""The content security policy, and pages that keep to it."""

import re
from pathlib import Path

import pytest
from unfold.settings import CONFIG_DEFAULTS

from dashboards.access import errors
from tests.dashboards.access.addresses import GET
from tests.dashboards.access.test_addresses import world  # noqa: F401 - a fixture
from tests.dashboards.access.world import Visits

POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-eval'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# A script without a source that runs, a style element or attribute, a handler, another host.
FOREIGN = re.compile(
    r"<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>|<style|<[^>]*\sstyle=|"
    r"<[^>]*\son[a-z]+=|<(?:script|link|img)[^>]*(?:src|href)=\"(?:https?:)?//",
)


@pytest.mark.parametrize("address", ["/admin/", "/admin/login/", "/nonsense/", "/health"])
def test_every_answer_has_the_headers(browser, address):
    headers = browser("viewer").get(address).headers

    found = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    assert found == POLICY
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_every_page_keeps_to_the_policy(world, browser):  # noqa: F811
    client, visits = browser("admin"), Visits()

    broken = {}
    for address, statuses in GET.items():
        if statuses[-1] != 200 or address == "/admin/logout/":
            continue
        response = client.get(visits.to(address))
        text = b"".join(response).decode()
        if response.headers["Content-Type"].startswith("text/html") and FOREIGN.search(text):
            broken[address] = [found[0] for found in FOREIGN.finditer(text)]

    assert broken == {}


def test_colours_are_those_that_the_pages_would_have_had_inline():
    text = (Path(errors.__file__).parent.parent / "static/dashboards/colours.css").read_text()
    written = dict(re.findall(r"--color-([\w-]+): ([^;]+);", text))

    assert written == {
        f"{name}-{weight}": value
        for name, weights in CONFIG_DEFAULTS["COLORS"].items()
        for weight, value in weights.items()
    }
