"""A provider that fails: its circuit opens, the page shows it, a person resets it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def failing(office):
    """The provider answers nothing but 503."""
    office.sandbox_set(rate_5xx=1)
    yield office
    office.sandbox_set()
    office.perform("calm")


def row(page: Page):
    return page.locator("#circuits tbody tr", has_text="Twilio Lookup")


def test_circuit_opens_is_shown_and_reset(failing, page):
    failing.perform("ask_about", "+12085550101", "12", "working", "blocked")

    page.goto("/admin/circuits/")
    expect(row(page)).to_contain_text("open", ignore_case=True)
    expect(row(page)).to_contain_text("503")
    failing.sandbox_set()
    row(page).get_by_role("link", name=re.compile("Change")).click()
    page.get_by_role("button", name=re.compile("Reset")).click()
    expect(page.get_by_text("Say why; whoever comes after you will ask.")).to_be_visible()
    page.get_by_label("Reason").fill("The provider says that it is mended")
    page.get_by_role("button", name=re.compile("Reset")).click()

    expect(page.get_by_text("is reset: calls go out again")).to_be_visible()
    expect(row(page)).to_contain_text("closed", ignore_case=True)


def test_circuit_opened_by_hand_tells_who_and_why(office, page):
    page.goto("/admin/circuits/")
    row(page).get_by_role("link", name=re.compile("Change")).click()
    page.get_by_label("Reason").fill("Maintenance tonight")
    page.get_by_role("button", name=re.compile("Open: no calls")).click()

    expect(row(page)).to_contain_text("Maintenance tonight (admin)")
    expect(row(page)).to_contain_text("when reset by hand")
    page.goto("/admin/")
    expect(
        page.locator("main, body").get_by_text(re.compile("circuit", re.I)).first
    ).to_be_visible()
    office.perform("calm")
