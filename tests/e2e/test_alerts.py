"""What stands on the page of alerts stays while somebody is at work in it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import violations


@pytest.fixture
def alarmed(office):
    office.perform("alarm")
    yield office
    office.perform("calm")


@pytest.fixture
def calmed(office):
    yield office
    office.perform("calm")


def test_alert_is_raised_once_and_cleared_once_on_the_page(calmed, page):
    page.goto("/admin/alerts/thresholds/")
    for figure in ("Raised after seconds", "Over after seconds"):
        page.get_by_label(f"{figure}: A provider is not asked").fill("0")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The thresholds hold from the next look")).to_be_visible()
    steer(page, "Maintenance tonight", "Open: no calls")

    calmed.perform("look_for_alerts")
    page.goto("/admin/")
    strip = page.get_by_role("link", name="A provider is not asked")
    expect(strip).to_be_visible()
    steer(page, "It is over", "Reset")
    page.goto("/admin/alerts/")
    standing = page.locator("#standing")
    expect(standing.get_by_text("A provider is not asked")).to_have_count(1)
    calmed.perform("look_for_alerts")

    expect(standing.get_by_text("A provider is not asked")).to_have_count(0)
    page.reload()
    expect(page.locator("main, body").get_by_text("A provider is not asked")).to_have_count(1)
    assert violations(page) == []
    page.goto("/admin/")
    expect(strip).to_have_count(0)


def steer(page: Page, reason: str, button: str) -> None:
    """Open or reset the provider's circuit."""
    page.goto("/admin/circuits/")
    page.locator("#circuits a").first.click()
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name=re.compile(button)).dblclick()
    expect(page.locator("#circuits")).to_be_visible()


def test_live_alerts_wait_for_who_is_at_work(alarmed, page):
    page.goto("/admin/alerts/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.get_by_label("Mute for").first.focus()
    page.wait_for_timeout(11_000)

    expect(page.get_by_label("Mute for").first).to_be_focused()
    assert [url for url in asked if url.endswith("/alerts/live/")] == []
