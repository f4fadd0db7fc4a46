"""What stands on the page of alerts stays while somebody is at work in it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.fixture
def alarmed(office):
    office.perform("alarm")
    yield office
    office.perform("calm")


def test_live_alerts_wait_for_who_is_at_work(alarmed, page):
    page.goto("/admin/alerts/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.get_by_label("Mute for").first.focus()
    page.wait_for_timeout(11_000)

    expect(page.get_by_label("Mute for").first).to_be_focused()
    assert [url for url in asked if url.endswith("/alerts/live/")] == []
