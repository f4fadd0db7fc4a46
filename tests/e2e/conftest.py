"""An office for all tests, a browser, and pages of signed-in people that hear every fault."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.office import Office, running_office
from tests.e2e.people import PASSWORD, ROLES, sign_in
from tests.e2e.pictures import HEIGHTS, WIDE
from tests.e2e.watching import Faults

CHROMIUM = "/usr/bin/chromium"
OPTIONS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
PATIENCE_MS = 60_000.0

Open = Callable[..., Page]


def pytest_configure(config: pytest.Config) -> None:
    """Let a SIGTERM unwind like an exit, so that what we started is stopped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """An office with somebody of every role; what a test breaks in it, that test mends."""
    with running_office(SWITCHBOARD_SANDBOX="1", LOG_LEVEL="DEBUG") as running:
        running.perform("hire", PASSWORD, *ROLES)
        yield running


@pytest.fixture(scope="session")
def crowd(office: Office) -> str:
    """The import of more contacts than are worked, or downloaded, at once."""
    return office.perform("bring_crowd", "10050")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield started
        started.close()


@pytest.fixture
def faults() -> Iterator[Faults]:
    """Fails the test in the end with whatever went wrong in one of its pages."""
    heard = Faults()
    yield heard
    assert not heard.found, "\n".join(heard.found)


@pytest.fixture
def new_page(browser: Browser, faults: Faults) -> Iterator[Open]:
    """Opens pages of an office, each in a browser of its own; they are closed in the end."""
    contexts = []

    def open_one(of: Office, **options: Any) -> Page:
        size = {"width": WIDE, "height": HEIGHTS[WIDE]}
        context = browser.new_context(base_url=of.url, **{"viewport": size, **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        faults.watch(page)
        return page

    yield open_one
    for page in [page for context in contexts for page in context.pages]:
        page.wait_for_timeout(50)  # what it has still to say is heard
    faults.is_over = True
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def keys() -> dict[str, Any]:
    """The session cookies of whoever has signed in already."""
    return {}


@pytest.fixture
def page_of(office: Office, new_page: Open, keys: dict[str, Any]) -> Open:
    """Opens a page as somebody who is signed in: page_of("viewer", color_scheme="dark")."""

    def open_as(role: str, **options: Any) -> Page:
        if role not in keys:
            page = new_page(office)
            sign_in(page, role, PASSWORD)
            keys[role] = page.context.storage_state()
        return new_page(office, storage_state=keys[role], **options)

    return open_as


@pytest.fixture
def page(page_of: Open) -> Page:
    """A page of an administrator."""
    return page_of("admin")
