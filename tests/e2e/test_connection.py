"""A CRM connected by its token, tested, and its mapping edited, looked through and saved."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.accessibility import violations


def connect(page: Page) -> None:
    """Connect the HubSpot that the sandbox plays."""
    page.goto("/admin/crm_sync/connection/add/")
    page.get_by_role("link", name="HubSpot: Private app").click()
    page.get_by_label("Name").fill("Our portal")
    page.get_by_role("button", name="Add the connection").click()
    expect(page.get_by_text("Nothing was saved")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Our portal")
    page.get_by_label("Private app token").fill("sandbox")
    page.get_by_role("button", name="Add the connection").click()


def test_a_connection_is_tested_and_its_mapping_saved(office, page):
    office.perform("bring", "Phone,Name\n+14085550101,Ann Ames\n")
    connect(page)
    page.get_by_role("button", name="Test this connection").click()
    expect(page.get_by_text("The connection works")).to_be_visible()
    assert violations(page) == []

    page.get_by_role("link", name="Mapping of contacts").click()
    expect(page.get_by_text(re.compile("The CRM described [0-9]+ fields"))).to_be_visible()
    row = page.get_by_role("listitem", name=re.compile("position"))
    row.get_by_label("Goes").select_option(label="→ to the CRM")
    row.get_by_label("The CRM's", exact=True).fill("no such field")
    row.get_by_label("The CRM's", exact=True).press("Tab")
    expect(row).to_contain_text(re.compile("no such field"))
    row.get_by_label("The CRM's", exact=True).fill("jobtitle")
    page.get_by_role("button", name="Show it").click()
    expect(page.locator("#preview")).to_contain_text("Ann")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("Version 2", exact=True)).to_be_visible()
    page.reload()
    expect(row.get_by_label("Goes")).to_have_value("push")
    assert violations(page) == []
